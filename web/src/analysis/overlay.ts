// Two laps over the distance: speed, time between them, throttle, brake, gear; corners above, one cursor through all.
import { Canvas, inkOf } from "../lib/canvas";
import { speed } from "../lib/format";
import type { Settings } from "../lib/settings";
import type { Corner } from "../lib/track";
import { carColour, DASHES } from "../race/colours";
import { sampleAt, type Delta, type Trace } from "./laps";

const LEFT_PX = 92;
const RIGHT_PX = 8;
const TOP_PX = 22;
const GAP_PX = 14;

interface Lane {
  name: string;
  unit: string;
  most: number;
  share: number;
  column: "speed_kmh" | "throttle_pct" | "brake_pct" | "gear" | "delta";
}
const LANES: Lane[] = [
  { name: "Speed", unit: "km/h", most: 350, share: 0.42, column: "speed_kmh" },
  { name: "Delta", unit: "s", most: 0, share: 0.16, column: "delta" },
  { name: "Throttle", unit: "%", most: 100, share: 0.14, column: "throttle_pct" },
  { name: "Brake", unit: "%", most: 100, share: 0.14, column: "brake_pct" },
  { name: "Gear", unit: "", most: 8, share: 0.14, column: "gear" },
];

export interface Shown {
  traces: (Trace | null)[]; // the two laps
  delta: Delta | null;
  corners: readonly Corner[];
  length_m: number;
  cursor_m: number | null;
  units: Settings["units"];
  dark: boolean;
}

export class Overlay {
  private readonly canvas: Canvas;
  private ink = inkOf("text", "faint", "line", "accent");

  constructor(element: HTMLElement) {
    this.canvas = new Canvas(element);
  }

  readInk(): void {
    this.ink = inkOf("text", "faint", "line", "accent");
  }

  /** The place on the lap below a place on the canvas; null: beside the picture. */
  distanceAt(x: number, length_m: number): number | null {
    const share = (x - LEFT_PX) / (this.canvas.width - LEFT_PX - RIGHT_PX);
    return share < 0 || share > 1 ? null : share * length_m;
  }

  draw(shown: Shown): void {
    const to = this.canvas.begin();
    const room = this.canvas.height - TOP_PX - 18 - GAP_PX * (LANES.length - 1);
    this.drawCorners(to, shown);
    let top = TOP_PX;
    for (const lane of LANES) {
      const tall = lane.share * room;
      this.drawLane(to, lane, top, tall, shown);
      top += tall + GAP_PX;
    }
    this.drawScale(to, shown);
    if (shown.cursor_m === null) return;
    const x = this.x(shown.cursor_m, shown.length_m);
    to.setLineDash([]);
    to.strokeStyle = this.ink.text;
    to.lineWidth = 1;
    to.beginPath();
    to.moveTo(x, TOP_PX);
    to.lineTo(x, this.canvas.height - 18);
    to.stroke();
  }

  private x(at_m: number, length_m: number): number {
    return LEFT_PX + (at_m / length_m) * (this.canvas.width - LEFT_PX - RIGHT_PX);
  }

  private drawCorners(to: CanvasRenderingContext2D, { corners, length_m }: Shown): void {
    to.font = "11px Inter, system-ui, sans-serif";
    to.textAlign = "center";
    to.textBaseline = "top";
    to.lineWidth = 1;
    to.setLineDash([]);
    let free = -Infinity;
    for (const corner of corners) {
      const x = this.x(corner.s_m, length_m);
      to.strokeStyle = this.ink.line;
      to.beginPath();
      to.moveTo(x, TOP_PX - 4);
      to.lineTo(x, this.canvas.height - 18);
      to.stroke();
      if (x < free) continue;
      to.fillStyle = this.ink.faint;
      to.fillText(String(corner.number), x, 4);
      free = x + 16;
    }
  }

  private drawScale(to: CanvasRenderingContext2D, { length_m }: Shown): void {
    to.font = "11px Inter, system-ui, sans-serif";
    to.textBaseline = "bottom";
    to.textAlign = "center";
    to.fillStyle = this.ink.faint;
    for (let km = 0; km * 1000 < length_m; km++) to.fillText(`${km} km`, this.x(km * 1000, length_m), this.canvas.height - 2);
  }

  private drawLane(to: CanvasRenderingContext2D, lane: Lane, top: number, tall: number, shown: Shown): void {
    const { ink } = this;
    const isSpeed = lane.column === "speed_kmh";
    const most = lane.column === "delta" ? deltaMost(shown.delta) : lane.most;
    to.setLineDash([]);
    to.strokeStyle = ink.line;
    to.lineWidth = 1;
    const base = lane.column === "delta" ? top + tall / 2 : top + tall;
    to.beginPath();
    to.moveTo(LEFT_PX, Math.round(base) + 0.5);
    to.lineTo(this.canvas.width - RIGHT_PX, Math.round(base) + 0.5);
    to.stroke();
    to.font = "12px Inter, system-ui, sans-serif";
    to.textBaseline = "top";
    to.textAlign = "left";
    to.fillStyle = ink.text;
    to.fillText(lane.name, 0, top);
    to.fillStyle = ink.faint;
    to.fillText(isSpeed ? shown.units : lane.unit, 0, top + 15);
    to.textAlign = "right";
    const label = isSpeed ? Math.round(speed(most, shown.units)) : most;
    to.fillText(lane.column === "delta" ? `+${label}` : String(label), LEFT_PX - 6, top - 1);
    if (lane.column === "delta") {
      to.textBaseline = "bottom";
      to.fillText(`−${label}`, LEFT_PX - 6, top + tall + 1);
      if (shown.delta !== null) this.drawDelta(to, shown.delta, most, top, tall, shown);
      return;
    }
    const { column } = lane;
    shown.traces.forEach((trace, i) => {
      if (trace === null) return;
      to.setLineDash(DASHES[i]!);
      to.strokeStyle = carColour(i, shown.dark);
      to.lineWidth = 1.75;
      to.beginPath();
      const values = trace[column];
      for (let n = 0; n < values.length; n++)
        to.lineTo(this.x(trace.distance_m[n]!, shown.length_m), top + tall * (1 - Math.min(1, values[n]! / most)));
      to.stroke();
      this.drawPoint(to, trace, values, most, top, tall, shown, i);
    });
    to.setLineDash([]);
  }

  private drawPoint(
    to: CanvasRenderingContext2D, trace: Trace, values: Float64Array, most: number, top: number, tall: number, shown: Shown, i: number,
  ): void {
    if (shown.cursor_m === null) return;
    const at = sampleAt(trace.distance_m, shown.cursor_m);
    if (at < 0) return;
    to.fillStyle = carColour(i, shown.dark);
    to.beginPath();
    to.arc(this.x(shown.cursor_m, shown.length_m), top + tall * (1 - Math.min(1, values[at]! / most)), 3.5, 0, 2 * Math.PI);
    to.fill();
  }

  /** Above the middle the second one is behind. */
  private drawDelta(to: CanvasRenderingContext2D, delta: Delta, most: number, top: number, tall: number, shown: Shown): void {
    to.strokeStyle = carColour(1, shown.dark);
    to.lineWidth = 1.75;
    to.setLineDash([]);
    to.beginPath();
    for (let i = 0; i < delta.distance_m.length; i++)
      to.lineTo(this.x(delta.distance_m[i]!, shown.length_m), top + (tall / 2) * (1 - delta.behind_s[i]! / most));
    to.stroke();
  }
}

/** The scale's end: 0.1, 0.2, 0.5, 1, 2, 5, … seconds. */
export function deltaMost(delta: Delta | null): number {
  const most = Math.max(0.05, ...(delta?.behind_s ?? []).map(Math.abs));
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 5, 10].find((one) => one * power >= most)!;
  return Number((step * power).toPrecision(1));
}
