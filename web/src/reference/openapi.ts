// The REST interface as /openapi.json tells it, and what is asked of it from a form.
export interface Parameter {
  name: string;
  in: "query" | "path";
  required: boolean;
  description: string;
}

export interface Operation {
  method: string; // "GET"
  path: string;
  summary: string;
  parameters: Parameter[];
  answers: string; // content type; "": it goes on as a WebSocket
}

interface Described {
  summary?: string;
  parameters?: (Partial<Parameter> & { name: string })[];
  responses?: Record<string, { content?: Record<string, unknown> }>;
}
export interface OpenApi {
  info: { title: string; version: string };
  paths: Record<string, Record<string, Described>>;
}

export function operationsOf(document: OpenApi): Operation[] {
  const operations: Operation[] = [];
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, described] of Object.entries(methods)) {
      const parameters = (described.parameters ?? []).map((p) => ({
        name: p.name,
        in: p.in ?? "query",
        required: p.required ?? false,
        description: p.description ?? "",
      }));
      for (const [, name] of path.matchAll(/\{(\w+)\}/g))
        if (!parameters.some((p) => p.name === name && p.in === "path"))
          parameters.unshift({ name: name!, in: "path", required: true, description: "" });
      operations.push({
        method: method.toUpperCase(),
        path,
        summary: described.summary ?? "",
        parameters,
        answers: Object.keys(described.responses?.["200"]?.content ?? {})[0] ?? "",
      });
    }
  return operations;
}

const GROUPS: [string, (path: string) => boolean][] = [
  ["Control", (path) => /^\/(start|stop|status|session)/.test(path)],
  ["Events from memory", (path) => path.startsWith("/telemetry")],
  ["Live", (path) => path === "/ws" || path.startsWith("/events")],
  ["Races, vehicles, songs", (path) => path.startsWith("/api/")],
  ["GraphQL", (path) => path.startsWith("/graphql")],
  ["Service", () => true],
];

export function grouped(operations: readonly Operation[]): [string, Operation[]][] {
  const groups = new Map<string, Operation[]>(GROUPS.map(([name]) => [name, []]));
  for (const operation of operations) groups.get(GROUPS.find(([, is]) => is(operation.path))![0])!.push(operation);
  return [...groups].filter(([, of]) => of.length > 0);
}

/** The address for what the form says; fields that are empty are left out. */
export function addressOf(operation: Operation, values: Record<string, string>): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
  const query = new URLSearchParams();
  for (const { name, in: where } of operation.parameters)
    if (where === "query" && (values[name] ?? "") !== "") query.set(name, values[name]!);
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** For a shell: single quotes, in which nothing but they themselves means anything. */
export function curlOf(operation: Operation, values: Record<string, string>, origin: string): string {
  const method = operation.method === "GET" ? "" : `-X ${operation.method} `;
  const follow = operation.answers === "text/event-stream" ? "-N " : "";
  return `curl ${method}${follow}'${(origin + addressOf(operation, values)).replaceAll("'", "'\\''")}'`;
}
