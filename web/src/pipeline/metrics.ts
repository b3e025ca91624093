// Prometheus' text format, as far as /metrics uses it: lines of name{label="value",…} number.
const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

interface Sample {
  labels: Record<string, string>;
  value: number;
}

export class Metrics {
  private readonly samples = new Map<string, Sample[]>();

  constructor(text: string) {
    for (const line of text.split("\n")) {
      const found = LINE.exec(line);
      if (found === null) continue;
      const labels: Record<string, string> = {};
      for (const [, name, value] of (found[2] ?? "").matchAll(LABEL))
        labels[name!] = value!.replace(/\\(.)/g, (_, c: string) => (c === "n" ? "\n" : c));
      const of = this.samples.get(found[1]!) ?? [];
      of.push({ labels, value: Number(found[3]) });
      this.samples.set(found[1]!, of);
    }
  }

  /** Of the sample that has these labels, and perhaps others. */
  value(name: string, labels: Record<string, string> = {}): number | undefined {
    return this.samples
      .get(name)
      ?.find((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))?.value;
  }
}
