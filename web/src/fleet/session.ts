// The page's connection to the server: history, live events, status, start and stop. The page reads what it holds.
import type { FleetEvent } from "../generated/events";
import { ApiError, getJson, post, type RunStatus, type ServiceStatus } from "../lib/api";
import type { Badge } from "../lib/header";
import { LiveLink, type LinkState } from "../lib/live_link";
import { FleetStore } from "./store";

const STATUS_EVERY_MS = 2_000;
const STALE_MS = 3_000;

export class FleetSession {
  readonly store = new FleetStore();
  link: LinkState = "connecting";
  retryAt_ms: number | null = null;
  /** Undefined: not asked yet; null: the fleet was never started. */
  run: RunStatus | null | undefined = undefined;
  /** What the server said to the last start or stop, if it refused. */
  refused: string | null = null;
  /** It could not even be asked how it stands. */
  unreachable: string | null = null;
  busy = false;
  skipped = 0;
  private readonly live: LiveLink<FleetEvent>;
  private timer: number | undefined;

  constructor(private readonly changed: () => void) {
    this.live = new LiveLink<FleetEvent>("fleet", {
      items: (items) => this.store.take(items, performance.now()),
      state: (state, retryAt_ms) => {
        this.link = state;
        this.retryAt_ms = retryAt_ms;
        this.changed();
      },
      skipped: (count) => {
        this.skipped += count;
      },
    });
  }

  async begin(): Promise<void> {
    void this.watch();
    try {
      const recent = await getJson<{ items: FleetEvent[] }>("/telemetry/recent?limit=2000&scenario=fleet");
      this.store.take(recent.items, performance.now());
    } catch {
      // Live events come all the same, or the badge says why not.
    }
    this.live.open();
  }

  retryNow(): void {
    this.live.retryNow();
    void this.askStatus();
  }

  get running(): boolean {
    return this.run?.state === "running" || this.run?.state === "starting" || this.run?.state === "draining";
  }

  /** Null: as it is. Fields that are null stay as the server was started with. */
  start(rate_hz: number, vehicles: number | null): Promise<void> {
    return this.act(async () => {
      if (this.running) await post("/stop-sim");
      const fields = new URLSearchParams({ scenario: "fleet", rate_hz: String(rate_hz) });
      if (vehicles !== null) fields.set("vehicles", String(vehicles));
      await post(`/start?${fields}`);
    });
  }

  stop(): Promise<void> {
    return this.act(() => post("/stop-sim"));
  }

  badge(now_ms: number): Badge {
    if (this.link === "reconnecting") {
      const wait_s = Math.max(0, Math.ceil(((this.retryAt_ms ?? 0) - Date.now()) / 1000));
      return { kind: "warn", text: "reconnecting", hint: `The connection was lost; the next try is in ${wait_s} s` };
    }
    if (this.link === "connecting") return { kind: "busy", text: "connecting", hint: "Opening the live feed" };
    if (this.run === undefined) return { kind: "busy", text: "connecting", hint: "Asking how the simulation stands" };
    if (!this.running) return { kind: "idle", text: "stopped", hint: "The simulation is not running" };
    if (now_ms - this.store.lastArrival_ms > this.staleAfter_ms())
      return { kind: "warn", text: "stale", hint: "The simulation runs, but nothing has come for a while" };
    if (this.link === "polling")
      return { kind: "good", text: "polling", hint: "WebSocket is blocked: the page asks once a second instead" };
    return { kind: "good", text: "live", hint: "Events are shown as they happen" };
  }

  /** Ten packets that did not come, of a fleet that is slow. */
  private staleAfter_ms(): number {
    const asked = this.run?.rate.asked ?? 0;
    return Math.max(STALE_MS, asked > 0 ? 10_000 / asked : 0);
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
      this.run = status.runs.find((run) => run.scenario === "fleet") ?? null;
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
