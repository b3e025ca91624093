// What the pages ask of the server. Every failure is an ApiError whose message can be shown as it is.
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number, // 0: no answer came
  ) {
    super(message);
  }
}

/** GET /status, docs/serve.md. */
export interface RunStatus {
  scenario: string;
  state: "idle" | "starting" | "running" | "draining" | "stopped" | "failed";
  run: string | null;
  uptime_s: number;
  rate: { asked: number; got: number };
  sent: number;
  acked: number;
  failed: number;
  lag_ms: { p50: number; p99: number; max: number } | null;
  event_time: string | null;
  sinks: { name: string; sent: number; acked: number; failed: number }[];
  error: { what: string; hint: string } | null;
}

export interface ServiceStatus {
  state: RunStatus["state"];
  running: boolean;
  clients: number;
  runs: RunStatus[];
}

const ANSWER_MOST_MS = 10_000;

/** An event of the window: the server wants its token. */
export const LOCKED = "racesim:locked";

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, signal: AbortSignal.timeout(ANSWER_MOST_MS) });
  } catch {
    throw new ApiError("The server does not answer. Is racesim serve still running?", 0);
  }
  if (response.ok) return response;
  if (response.status === 401 && path !== "/session") dispatchEvent(new Event(LOCKED));
  const problem: { detail?: string; title?: string } = await response.json().catch(() => ({}));
  throw new ApiError(problem.detail ?? problem.title ?? `The server answered ${response.status}.`, response.status);
}

export async function getJson<T>(path: string): Promise<T> {
  return (await ask(path)).json() as Promise<T>;
}

const PATIENCE_MS = 5_000;

/** Of a server that is slow or away: asks again until it answers. Throws what it refuses. */
export async function getPatiently<T>(path: string): Promise<T> {
  for (;;) {
    try {
      return await getJson<T>(path);
    } catch (error) {
      const { status } = error as ApiError;
      if (status !== 0 && status < 500) throw error;
    }
    await new Promise((done) => setTimeout(done, PATIENCE_MS));
  }
}

export async function getText(path: string): Promise<string> {
  return (await ask(path)).text();
}

/** The rest of a list that is read page by page: `next` is where the server says that it goes on. */
export async function getAll<T>(path: string, pagesMost = 50): Promise<T[]> {
  const items: T[] = [];
  let at = path;
  for (let page = 0; page < pagesMost; page++) {
    const part = await getJson<{ items: T[]; next?: string | null }>(at);
    for (const item of part.items) items.push(item);
    if (part.next === undefined || part.next === null) break;
    const url = new URL(path, "http://none");
    url.searchParams.set("from", part.next);
    at = url.pathname + url.search;
  }
  return items;
}

/** The browser keeps a cookie that stands for the token. */
export async function openSession(token: string): Promise<void> {
  await ask("/session", { method: "POST", body: token });
}

export async function post(path: string): Promise<void> {
  await ask(path, { method: "POST" });
}
