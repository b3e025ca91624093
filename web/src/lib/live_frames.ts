// Binary messages of /ws?encoding=binary, made events again: docs/formats/live-frames.md.

export interface FormField {
  path: string;
  type: string;
  decimals?: number;
  names?: string[];
  none?: number;
  left_out?: boolean;
  list?: number;
}

export interface Form {
  stream?: string; // none: the main stream
  fields: FormField[];
}

export const FRAMES_VERSION = 1;

type Value = unknown;
type Row = Record<string, Value>;

const HEAD_BYTES = 8;
const KIND_EVENTS = 1;
const TEXT = new TextDecoder();

class Reader {
  private at = HEAD_BYTES;
  private readonly view: DataView;

  constructor(private readonly data: ArrayBuffer) {
    this.view = new DataView(data);
  }

  /** Numbers below 2^53 are exact. */
  numbers(count: number): Float64Array {
    const widths = this.view.getUint8(this.at++);
    const base = this.base(widths >> 4);
    const each = widths & 15;
    const values = new Float64Array(count).fill(base);
    if (each > 0) for (let i = 0; i < count; i++) values[i]! += this.offset(each);
    return values;
  }

  private base(bytes: number): number {
    const at = this.at;
    this.at += bytes;
    if (bytes === 1) return this.view.getInt8(at);
    if (bytes === 2) return this.view.getInt16(at, true);
    if (bytes === 4) return this.view.getInt32(at, true);
    return bytes === 8 ? Number(this.view.getBigInt64(at, true)) : 0;
  }

  private offset(bytes: number): number {
    const at = this.at;
    this.at += bytes;
    if (bytes === 1) return this.view.getUint8(at);
    if (bytes === 2) return this.view.getUint16(at, true);
    if (bytes === 4) return this.view.getUint32(at, true);
    return Number(this.view.getBigUint64(at, true));
  }

  private bytes(count: number): Uint8Array {
    this.at += count;
    return new Uint8Array(this.data, this.at - count, count);
  }

  column(field: FormField, count: number): Value[] {
    if (field.list === undefined) return this.scalars(field, count);
    const counts = this.numbers(count);
    const items = this.scalars(
      field,
      counts.reduce((sum, size) => sum + size, 0),
    );
    let next = 0;
    return Array.from(counts, (size) => items.slice(next, (next += size)));
  }

  private scalars(field: FormField, count: number): Value[] {
    if (field.type === "uuid") return Array.from({ length: count }, () => uuidText(this.bytes(16)));
    const values = this.numbers(count);
    if (field.type === "text") return Array.from(values, (size) => TEXT.decode(this.bytes(size)));
    return Array.from(values, toValue(field));
  }
}

function uuidText(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Of a number of the column the value that JSON has. */
function toValue(field: FormField): (value: number) => Value {
  const { type, names, none } = field;
  const scale = 10 ** (field.decimals ?? 0);
  if (type === "boolean") return (value) => value === 1;
  if (type === "enumeration") return (value) => names![value];
  if (type === "hex32") return (value) => value.toString(16).padStart(8, "0");
  if (type === "time_ms") return (value) => new Date(value).toISOString();
  if (type === "time_us") return microsText;
  if (type === "date") return (value) => new Date(value * 86_400_000).toISOString().slice(0, 10);
  return (value) => (value === none ? (field.left_out ? undefined : null) : value / scale);
}

function microsText(value: number): string {
  const ms = Math.floor(value / 1000);
  return `${new Date(ms).toISOString().slice(0, -1)}${String(value - ms * 1000).padStart(3, "0")}+00:00`;
}

/** Null: a message of a kind that is not known here. */
export function readFrame(forms: readonly Form[], data: ArrayBuffer): { stream: string | undefined; events: Row[] } | null {
  const head = new DataView(data);
  if (head.getUint8(0) !== FRAMES_VERSION || head.getUint8(1) !== KIND_EVENTS) return null;
  const form = forms[head.getUint16(2, true)];
  if (form === undefined) return null;
  const count = head.getUint32(4, true);
  const events: Row[] = Array.from({ length: count }, () => ({}));
  const reader = new Reader(data);
  for (const field of form.fields) {
    const values = reader.column(field, count);
    const outer = field.path.split(".");
    const name = outer.pop()!;
    for (let i = 0; i < count; i++) {
      let to = events[i]!;
      for (const one of outer) to = (to[one] ??= {}) as Row;
      if (values[i] !== undefined) to[name] = values[i];
    }
  }
  return { stream: form.stream, events };
}
