// Whether the stages of a run agree on its events, as GET /api/v1/pipeline/verify tells it: docs/formats/verify-results.md.
export interface StageVerdict {
  name: string;
  status: "ok" | "missing" | "extra" | "altered" | "unknown";
  expected: number | null;
  found: number | null;
  missing: number | null;
  extra: number | null;
  digest: string | null;
  note: string | null; // why it is unknown
}

export interface Verdict {
  run: string;
  scenario: string;
  state: string;
  status: StageVerdict["status"];
  events: number | null;
  digest: string | null;
  stages: StageVerdict[];
}

const KINDS: Record<StageVerdict["status"], string> = { ok: "good", missing: "bad", extra: "bad", altered: "bad", unknown: "idle" };
const WORDS: Record<StageVerdict["status"], string> = {
  ok: "agrees",
  missing: "events missing",
  extra: "events too many",
  altered: "events altered",
  unknown: "not known",
};

export function kindOf(status: StageVerdict["status"]): string {
  return KINDS[status] ?? "idle";
}

export function wordsOf(status: StageVerdict["status"]): string {
  return WORDS[status] ?? status;
}

/** What there is to say of a stage beside its numbers. */
export function remarkOf(stage: StageVerdict, whole: string | null): string {
  if (stage.note !== null) return stage.note;
  if (stage.digest !== null && stage.digest === whole) return "by their number and content";
  if (stage.status === "ok") return "by their number";
  return stage.digest !== null && whole !== null ? "their content differs" : "";
}
