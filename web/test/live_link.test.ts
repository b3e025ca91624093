// Goal: what happened while the connection was lost is there before what happens next. Method: a WebSocket that the test leads,
// and its own clock.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveLink, type LinkState } from "../src/lib/live_link";

class Socket {
  static all: Socket[] = [];
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(readonly url: URL) {
    Socket.all.push(this);
  }
  close(): void {
    this.onclose?.();
  }
  say(message: unknown): void {
    this.onmessage!({ data: JSON.stringify(message) });
  }
}

describe("a link that was lost", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    Socket.all = [];
    vi.stubGlobal("WebSocket", Socket);
    vi.stubGlobal("location", { href: "http://here/" });
    vi.stubGlobal("window", globalThis);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("takes in what is kept before it goes on", async () => {
    const seen: unknown[] = [];
    const states: LinkState[] = [];
    const link = new LiveLink<number>("race", {
      items: (items) => seen.push(...items),
      other: () => {},
      state: (state) => states.push(state),
      skipped: () => {},
    }, async () => [3, 4, 5]);
    link.open();
    Socket.all[0]!.say({ type: "snapshot", items: [1] });
    Socket.all[0]!.say({ type: "event", data: 2 });
    Socket.all[0]!.close();
    await vi.advanceTimersByTimeAsync(600);
    expect(Socket.all.length).toBe(2);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    Socket.all[1]!.say({ type: "snapshot", items: [6] });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    expect(states).toEqual(["connecting", "live", "reconnecting", "live"]);
    link.close();
  });

  it("goes on trying where nothing answers", async () => {
    const link = new LiveLink<number>("race", { items: () => {}, other: () => {}, state: () => {}, skipped: () => {} }, async () => {
      throw new Error("gone");
    });
    link.open();
    Socket.all[0]!.say({ type: "snapshot", items: [] });
    for (let lost = 0; lost < 3; lost++) {
      Socket.all.at(-1)!.close();
      await vi.advanceTimersByTimeAsync(20_000);
      expect(Socket.all.length).toBeGreaterThan(lost + 1);
    }
    link.close();
  });
});
