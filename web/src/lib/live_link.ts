// Live events of one scenario: by WebSocket, and by asking again and again where WebSockets do not get through. It
// comes back by itself, ever more slowly, and never gives up. Events come as binary messages, or as JSON where the server
// refuses those.
import { FRAMES_VERSION, readFrame, type Form } from "./live_frames";

export type LinkState = "connecting" | "live" | "polling" | "reconnecting";

export interface LinkEvents<Event> {
  /** `whole`: the last events of all entities, after which others follow; they may have been seen before. */
  items(items: Event[], whole: boolean): void;
  other(stream: string, event: unknown): void;
  state(state: LinkState, retryAt_ms: number | null): void;
  /** The server left out so many events, because they came faster than we took them. */
  skipped(count: number): void;
}

type Message<Event> =
  | { type: "snapshot"; items: Event[] }
  | { type: "event"; data: Event; stream?: string }
  | { type: "thinned"; skipped: number }
  | { type: "forms"; version: number; forms: Form[] }
  | { type: "corrupt" };

export const FIRST_WAIT_MS = 500;
export const WAIT_MOST_MS = 15_000;
const OPENING_MOST_MS = 4_000;
const POLL_EVERY_MS = 1_000;
const RETRY_WHILE_POLLING_MS = 20_000;

/** The wait before the n-th try again, 0 the first: doubled each time, and spread so that not all come at once. */
export function backOff_ms(tries: number, random: number): number {
  const full = Math.min(WAIT_MOST_MS, FIRST_WAIT_MS * 2 ** tries);
  return full * (0.75 + 0.25 * random);
}

export class LiveLink<Event> {
  private socket: WebSocket | null = null;
  private tries = 0;
  private timer: number | undefined;
  private poll: number | undefined;
  private closed = false;
  private binary = true; // asked for; a server that does not know it refuses the connection
  private forms: Form[] = [];

  /** `query`: what more is asked of /ws, such as "&rate=25". `recent`: the last events that the server keeps; only the
      newest of them while it is polled. */
  constructor(
    private readonly scenario: string,
    private readonly on: LinkEvents<Event>,
    private readonly recent: (polling: boolean) => Promise<Event[]>,
    private readonly query = "",
  ) {}

  open(): void {
    this.on.state("connecting", null);
    this.connect();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.poll);
    this.socket?.close();
  }

  /** Does not wait for the next try. */
  retryNow(): void {
    if (this.socket !== null || this.closed) return;
    clearTimeout(this.timer);
    this.tries = 0;
    void this.comeBack();
  }

  private connect(): void {
    const encoding = this.binary ? "&encoding=binary" : "";
    const url = new URL(`/ws?scenario=${this.scenario}${this.query}${encoding}`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    let greeted = false;
    let ended = false;
    const end = (asJson = false): void => {
      if (ended || this.closed) return;
      ended = true;
      clearTimeout(opening);
      socket.close();
      this.socket = null;
      if (asJson) this.connect();
      else void this.lost(greeted);
    };
    // A server that refuses says so at once; a way that is blocked does not.
    const refused = (): void => {
      const asJson = this.binary && !greeted;
      this.binary = !asJson;
      end(asJson);
    };
    const opening = setTimeout(end, OPENING_MOST_MS);
    socket.onmessage = (message: MessageEvent<string | ArrayBuffer>) => {
      if (ended) return;
      if (!greeted) {
        // Only a message proves that the way is open: some proxies accept and then say nothing.
        greeted = true;
        clearTimeout(opening);
        clearTimeout(this.poll);
        this.poll = undefined;
        this.tries = 0;
        this.on.state("live", null);
      }
      if (typeof message.data === "string") this.take(JSON.parse(message.data) as Message<Event>);
      else this.takeFrame(message.data);
    };
    socket.onerror = refused;
    socket.onclose = refused;
  }

  private take(message: Message<Event>): void {
    if (message.type === "snapshot") this.on.items(message.items, true);
    else if (message.type === "event" && message.stream === undefined) this.on.items([message.data], false);
    else if (message.type === "event") this.on.other(message.stream!, message.data);
    else if (message.type === "thinned") this.on.skipped(message.skipped);
    else if (message.type === "forms") this.forms = message.version === FRAMES_VERSION ? message.forms : [];
  }

  private takeFrame(data: ArrayBuffer): void {
    const frame = readFrame(this.forms, data);
    if (frame === null) return;
    if (frame.stream === undefined) this.on.items(frame.events as Event[], false);
    else for (const event of frame.events) this.on.other(frame.stream, event);
  }

  /** A way that was open is tried again at once; one that never opened may be blocked while REST is not. */
  private async lost(wasOpen: boolean): Promise<void> {
    if (this.poll !== undefined) return this.retryIn(RETRY_WHILE_POLLING_MS);
    if (!wasOpen && (await this.askOnce())) {
      if (this.closed) return;
      this.on.state("polling", null);
      this.pollLater();
      return this.retryIn(RETRY_WHILE_POLLING_MS);
    }
    if (this.closed) return;
    const wait = backOff_ms(this.tries++, Math.random());
    this.on.state("reconnecting", Date.now() + wait);
    this.retryIn(wait);
  }

  private retryIn(wait_ms: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.comeBack(), wait_ms);
  }

  /** What happened meanwhile comes first, as far as the server keeps it: later events would hide that it is missing. */
  private async comeBack(): Promise<void> {
    if (this.poll === undefined) await this.askOnce();
    if (!this.closed && this.socket === null) this.connect();
  }

  private async askOnce(): Promise<boolean> {
    try {
      this.on.items(await this.recent(this.poll !== undefined), true);
      return true;
    } catch {
      return false;
    }
  }

  private pollLater(): void {
    this.poll = window.setTimeout(async () => {
      const open = await this.askOnce();
      if (this.poll === undefined || this.closed) return;
      if (open) return this.pollLater();
      this.poll = undefined;
      void this.lost(true);
    }, POLL_EVERY_MS);
  }
}
