// Goal: a binary message becomes the events that JSON would have brought, and a server that refuses such messages is asked
// for JSON. Method: messages put together byte by byte, of every type of column; a WebSocket that the test leads.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readFrame, type Form } from "../src/lib/live_frames";
import { LiveLink } from "../src/lib/live_link";

const SHARED = 0x10; // a base of one byte and no offsets

function message(count: number, ...columns: number[][]): ArrayBuffer {
  return Uint8Array.from([1, 1, 0, 0, count, 0, 0, 0, ...columns.flat()]).buffer;
}

function letters(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

describe("a binary message", () => {
  it("has every type of column", () => {
    const fields = [
      { path: "car", type: "unsigned" },
      { path: "at.lat", type: "signed", decimals: 6 },
      { path: "at.lon", type: "signed", decimals: 6 },
      { path: "gap_s", type: "signed", decimals: 3, none: -2147483648 },
      { path: "z_m", type: "signed", none: -32768, left_out: true },
      { path: "drs", type: "boolean" },
      { path: "tyre", type: "enumeration", names: ["SOFT", "HARD"] },
      { path: "run", type: "hex32" },
      { path: "time", type: "time_ms" },
      { path: "measured", type: "time_us" },
      { path: "day", type: "date" },
      { path: "driver", type: "text" },
      { path: "codes", type: "text", list: 4 },
      { path: "id", type: "uuid" },
    ];
    const data = message(
      2,
      [0x11, 44, 0, 19],
      [0x40, ...[0x8f, 0x78, 0x1a, 0x03]], // 52.066447
      [0x20, 0x18, 0xfc], // -0.001
      [0x44, 0, 0, 0, 0x80, 0, 0, 0, 0, 0xb4, 4, 0, 0x80], // none and 1204
      [0x22, 0, 0x80, 0, 0, 7, 0x80], // left out and 7
      [0x01, 0, 1],
      [SHARED, 1],
      [0x40, 0xd4, 0xc3, 0xb2, 0x21],
      [0x80, ...[0xe8, 0x03, 0, 0, 0, 0, 0, 0]],
      [0x80, ...[0x41, 0x42, 0x0f, 0, 0, 0, 0, 0]], // a second and a microsecond
      [SHARED, 1],
      [0x11, 3, 0, 1, ...letters("HALÖZ!")],
      [0x01, 0, 2, SHARED, 2, ...letters("P1P2")],
      [...Array(16).keys(), ...Array(16).fill(255)],
    );
    const frame = readFrame([{ fields }], data)!;
    expect(frame.stream).toBeUndefined();
    expect(frame.events).toEqual([
      {
        car: 44, at: { lat: 52.066447, lon: -0.001 }, gap_s: null, drs: false, tyre: "HARD", run: "21b2c3d4",
        time: "1970-01-01T00:00:01.000Z", measured: "1970-01-01T00:00:01.000001+00:00", day: "1970-01-02", driver: "HAL",
        codes: [], id: "00010203-0405-0607-0809-0a0b0c0d0e0f",
      },
      {
        car: 63, at: { lat: 52.066447, lon: -0.001 }, gap_s: 1.204, z_m: 7, drs: true, tyre: "HARD", run: "21b2c3d4",
        time: "1970-01-01T00:00:01.000Z", measured: "1970-01-01T00:00:01.000001+00:00", day: "1970-01-02", driver: "ÖZ!",
        codes: ["P1", "P2"], id: "ffffffff-ffff-ffff-ffff-ffffffffffff",
      },
    ]);
  });

  it("is passed over where it is of another kind", () => {
    const other = Uint8Array.from([1, 2, 0, 0, 0, 0, 0, 0]).buffer;
    expect(readFrame([{ fields: [] }], other)).toBeNull();
  });
});

class Socket {
  static all: Socket[] = [];
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  binaryType = "blob";
  constructor(readonly url: URL) {
    Socket.all.push(this);
  }
  close(): void {}
}

describe("a link", () => {
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

  function open(): { seen: unknown[]; other: unknown[]; link: LiveLink<unknown> } {
    const seen: unknown[] = [];
    const other: unknown[] = [];
    const on = {
      items: (items: unknown[]) => void seen.push(...items),
      other: (stream: string, event: unknown) => void other.push([stream, event]),
      state: () => {},
      skipped: () => {},
    };
    const link = new LiveLink<unknown>("race", on, async () => []);
    link.open();
    return { seen, other, link };
  }

  it("takes binary messages", () => {
    const { seen, other, link } = open();
    const socket = Socket.all[0]!;
    expect(socket.url.searchParams.get("encoding")).toBe("binary");
    expect(socket.binaryType).toBe("arraybuffer");
    const forms: Form[] = [{ fields: [{ path: "n", type: "unsigned" }] }, { stream: "laps", fields: [] }];
    socket.onmessage!({ data: JSON.stringify({ type: "snapshot", items: [] }) });
    socket.onmessage!({ data: JSON.stringify({ type: "forms", version: 1, forms }) });
    socket.onmessage!({ data: message(2, [0x01, 3, 4]) });
    const laps = new Uint8Array(message(1));
    laps[2] = 1;
    socket.onmessage!({ data: laps.buffer });
    expect(seen).toEqual([{ n: 3 }, { n: 4 }]);
    expect(other).toEqual([["laps", {}]]);
    link.close();
  });

  it("asks for JSON where binary messages are refused", () => {
    const { seen, link } = open();
    Socket.all[0]!.onerror!();
    expect(Socket.all.length).toBe(2);
    expect(Socket.all[1]!.url.searchParams.has("encoding")).toBe(false);
    Socket.all[1]!.onmessage!({ data: JSON.stringify({ type: "snapshot", items: [1] }) });
    expect(seen).toEqual([1]);
    link.close();
  });
});
