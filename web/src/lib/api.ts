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
  failed: number;
  lag_ms: { p50: number; p99: number; max: number } | null;
  error: { what: string; hint: string } | null;
}

export interface ServiceStatus {
  state: RunStatus["state"];
  running: boolean;
  clients: number;
  runs: RunStatus[];
}

const ANSWER_MOST_MS = 10_000;

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, signal: AbortSignal.timeout(ANSWER_MOST_MS) });
  } catch {
    throw new ApiError("The server does not answer. Is racesim serve still running?", 0);
  }
  if (response.ok) return response;
  const problem: { detail?: string; title?: string } = await response.json().catch(() => ({}));
  throw new ApiError(problem.detail ?? problem.title ?? `The server answered ${response.status}.`, response.status);
}

export async function getJson<T>(path: string): Promise<T> {
  return (await ask(path)).json() as Promise<T>;
}

export async function post(path: string): Promise<void> {
  await ask(path, { method: "POST" });
}
