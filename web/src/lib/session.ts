// A page's connection to the server, for one scenario: history, live events, status, start and stop. The page reads what it holds.
import { ApiError, getJson, post, type RunStatus, type ServiceStatus } from "./api";
import type { Badge } from "./header";
import { LiveLink, type LinkState } from "./live_link";

const STATUS_EVERY_MS = 2_000;
const STALE_MS = 3_000;

export interface EventStore<Event> {
  take(events: readonly Event[], now_ms: number): void;
  readonly lastArrival_ms: number; // performance.now()
}

export interface SessionOptions<Event> {
  scenario: string;
  /** The last events that the server keeps, asked for at the start and whenever the connection was lost; the usual ones if it is
      not given. Not while it is polled. */
  recent?(): Promise<Event[]>;
  query?: string; // more that is asked of /ws
  other?(stream: string, event: unknown): void; // events of other streams than the main one
}

export async function recentEvents<Event>(scenario: string): Promise<Event[]> {
  return (await getJson<{ items: Event[] }>(`/telemetry/recent?limit=2000&scenario=${scenario}`)).items;
}

export class Session<Event, Store extends EventStore<Event>> {
  link: LinkState = "connecting";
  retryAt_ms: number | null = null;
  /** Undefined: not asked yet; null: the scenario was never started. */
  run: RunStatus | null | undefined = undefined;
  /** What the server said to the last start or stop, if it refused. */
  refused: string | null = null;
  /** It could not even be asked how it stands. */
  unreachable: string | null = null;
  busy = false;
  skipped = 0;
  private readonly live: LiveLink<Event>;
  private timer: number | undefined;

  constructor(
    readonly store: Store,
    private readonly options: SessionOptions<Event>,
    private readonly changed: () => void,
  ) {
    const on = {
      items: (items: Event[]) => this.store.take(items, performance.now()),
      other: (stream: string, event: unknown) => options.other?.(stream, event),
      state: (state: LinkState, retryAt_ms: number | null) => {
        this.link = state;
        this.retryAt_ms = retryAt_ms;
        this.changed();
      },
      skipped: (count: number) => {
        this.skipped += count;
      },
    };
    this.live = new LiveLink<Event>(options.scenario, on, (polling) => this.recent(polling), options.query);
  }

  async begin(): Promise<void> {
    void this.watch();
    try {
      this.store.take(await this.recent(false), performance.now());
    } catch {
      // Live events come all the same, or the badge says why not.
    }
    this.live.open();
  }

  private recent(polling: boolean): Promise<Event[]> {
    const { recent, scenario } = this.options;
    return recent === undefined || polling ? recentEvents<Event>(scenario) : recent();
  }

  retryNow(): void {
    this.live.retryNow();
    void this.askStatus();
  }

  get running(): boolean {
    return this.run?.state === "running" || this.run?.state === "starting" || this.run?.state === "draining";
  }

  /** What is not among the fields is as the server was started with. A run that goes on is stopped first. */
  start(fields: Record<string, string>): Promise<void> {
    return this.act(async () => {
      if (this.running) await this.postStop();
      await post(`/start?${new URLSearchParams({ scenario: this.options.scenario, ...fields })}`);
    });
  }

  stop(): Promise<void> {
    return this.act(() => this.postStop());
  }

  badge(now_ms: number): Badge {
    if (this.link === "reconnecting") {
      const wait_s = Math.max(0, Math.ceil(((this.retryAt_ms ?? 0) - Date.now()) / 1000));
      return { kind: "warn", text: "reconnecting", hint: `The connection was lost; the next try is in ${wait_s} s` };
    }
    if (this.link === "connecting") return { kind: "busy", text: "connecting", hint: "Opening the live feed" };
    if (this.run === undefined) return { kind: "busy", text: "connecting", hint: "Asking how the simulation stands" };
    if (this.run?.state === "failed") return { kind: "bad", text: "failed", hint: "The simulation has failed; beside Start it says why" };
    if (!this.running) return { kind: "idle", text: "stopped", hint: "The simulation is not running" };
    if (now_ms - this.store.lastArrival_ms > this.staleAfter_ms())
      return { kind: "warn", text: "stale", hint: "The simulation runs, but nothing has come for a while" };
    if (this.link === "polling")
      return { kind: "good", text: "polling", hint: "WebSocket is blocked: the page asks once a second instead" };
    return { kind: "good", text: "live", hint: "Events are shown as they happen" };
  }

  /** Ten packets that did not come, where packets are rare. */
  private staleAfter_ms(): number {
    const asked = this.run?.rate.asked ?? 0;
    return Math.max(STALE_MS, asked > 0 ? 10_000 / asked : 0);
  }

  private postStop(): Promise<void> {
    return post(`/stop?scenario=${this.options.scenario}`);
  }

  private async act(what: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.refused = null;
    this.changed();
    try {
      await what();
    } catch (error) {
      this.refused = (error as ApiError).message;
    }
    await this.askStatus();
    this.busy = false;
    this.changed();
  }

  private async watch(): Promise<void> {
    await this.askStatus();
    this.timer = window.setTimeout(() => void this.watch(), STATUS_EVERY_MS);
  }

  private async askStatus(): Promise<void> {
    try {
      const status = await getJson<ServiceStatus>("/status");
      this.run = status.runs.find((run) => run.scenario === this.options.scenario) ?? null;
      this.unreachable = null;
    } catch (error) {
      this.unreachable = (error as ApiError).message;
    }
    this.changed();
  }

  end(): void {
    clearTimeout(this.timer);
    this.live.close();
  }
}
