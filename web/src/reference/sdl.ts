// The GraphQL schema's text, as far as a reader wants to see it: types with their fields, arguments and descriptions.
export interface SchemaField {
  name: string;
  args: string; // "(driver: String, limit: Int)", or empty
  type: string; // "[Lap!]!"
  about: string;
}

export interface SchemaType {
  kind: string; // type, enum, input, scalar, interface, union
  name: string;
  about: string;
  fields: SchemaField[];
}

const HEAD = /^(type|input|enum|interface|scalar|union)\s+(\w+)/;
const FIELD = /^(\w+)\s*(\(.*\))?\s*:\s*(.+)$/;

/** "limit: Int = 10, run: ID!" of arguments that may stand on lines of their own, with descriptions above them. */
function argumentsOf(inner: string): string {
  if (!inner.includes("\n")) return inner.trim();
  const lines = inner.split("\n").map((line) => line.trim().replace(/,$/, ""));
  return lines.filter((line) => line !== "" && !line.startsWith('"')).join(", ");
}

/** Descriptions ("…" or """…""") and arguments over several lines are joined to one. */
function logicalLines(text: string): string[] {
  const joined = text
    .replace(/"""([\s\S]*?)"""/g, (_, about: string) => JSON.stringify(about.replace(/\s+/g, " ").trim()))
    .replace(/\(([^()]*)\)/g, (_, inner: string) => `(${argumentsOf(inner)})`);
  return joined.split("\n").map((line) => line.trim());
}

export function typesOf(sdl: string): SchemaType[] {
  const types: SchemaType[] = [];
  let about = "";
  let open: SchemaType | null = null;
  for (const line of logicalLines(sdl)) {
    if (line === "" || line.startsWith("#")) continue;
    if (/^"(?:[^"\\]|\\.)*"$/.test(line)) {
      about = JSON.parse(line) as string;
      continue;
    }
    const head = HEAD.exec(line);
    if (open === null && head !== null) {
      open = { kind: head[1]!, name: head[2]!, about, fields: [] };
      types.push(open);
      if (!line.includes("{")) open = null; // a scalar, a union
    } else if (line.startsWith("}")) open = null;
    else if (open !== null) {
      const field = FIELD.exec(line.replace(/,$/, ""));
      const name = field?.[1] ?? line;
      open.fields.push({ name, args: field?.[2] ?? "", type: field?.[3] ?? "", about });
    }
    about = "";
  }
  return types;
}

/** "[Lap!]!" is of Lap. */
export function namedType(type: string): string {
  return /\w+/.exec(type)?.[0] ?? "";
}
