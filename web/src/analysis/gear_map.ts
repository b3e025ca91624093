// The first lap on the circuit, each stretch in the colour of its gear, with the cursor's place on it.
import { Canvas, inkOf } from "../lib/canvas";
import type { Corner } from "../lib/track";
import { covers, valueAt, type Trace } from "./laps";

const MARGIN_PX = 34;
/** From the first gear to the eighth: dark to light, so that the order is seen without the hues too. */
export const GEARS_DARK = ["#5b4bb5", "#4a6fd0", "#3a93cf", "#35b0b5", "#4fc48c", "#93d266", "#d4d64f", "#ffe27a"];
export const GEARS_LIGHT = ["#3f2d9c", "#3353b8", "#2273b3", "#13858a", "#23804f", "#56801b", "#857200", "#a35c00"];

export function gearColour(gear: number, dark: boolean): string {
  return (dark ? GEARS_DARK : GEARS_LIGHT)[Math.max(0, Math.min(7, Math.round(gear) - 1))]!;
}

export class GearMap {
  private readonly canvas: Canvas;
  private ink = inkOf("text", "faint", "ground");

  constructor(element: HTMLElement) {
    this.canvas = new Canvas(element);
  }

  readInk(): void {
    this.ink = inkOf("text", "faint", "ground");
  }

  draw(trace: Trace | null, corners: readonly Corner[], cursor_m: number | null, dark: boolean): void {
    const to = this.canvas.begin();
    if (trace === null) return;
    const place = this.placing(trace);
    to.lineCap = "round";
    to.lineJoin = "round";
    to.lineWidth = 6;
    let from = 0;
    for (let i = 1; i <= trace.gear.length; i++) {
      if (i < trace.gear.length && trace.gear[i] === trace.gear[from]) continue;
      to.strokeStyle = gearColour(trace.gear[from]!, dark);
      to.beginPath();
      for (let n = from; n <= Math.min(i, trace.gear.length - 1); n++) to.lineTo(...place(trace.x_m[n]!, trace.y_m[n]!));
      to.stroke();
      from = i;
    }
    this.drawCorners(to, trace, corners, place);
    if (cursor_m === null || !covers(trace, cursor_m)) return;
    to.beginPath();
    to.arc(...place(valueAt(trace, trace.x_m, cursor_m), valueAt(trace, trace.y_m, cursor_m)), 7, 0, 2 * Math.PI);
    to.fillStyle = this.ink.text;
    to.strokeStyle = this.ink.ground;
    to.lineWidth = 3;
    to.fill();
    to.stroke();
  }

  private placing({ x_m, y_m }: Trace): (x: number, y: number) => [number, number] {
    const [left, right] = [Math.min(...x_m), Math.max(...x_m)];
    const [bottom, top] = [Math.min(...y_m), Math.max(...y_m)];
    const { width, height } = this.canvas;
    const scale = Math.min((width - 2 * MARGIN_PX) / Math.max(1, right - left), (height - 2 * MARGIN_PX) / Math.max(1, top - bottom));
    return (x, y) => [width / 2 + (x - (left + right) / 2) * scale, height / 2 - (y - (bottom + top) / 2) * scale];
  }

  /** Numbers on the outer side of the bend. */
  private drawCorners(
    to: CanvasRenderingContext2D, trace: Trace, corners: readonly Corner[], place: (x: number, y: number) => [number, number],
  ): void {
    to.font = "11px Inter, system-ui, sans-serif";
    to.textAlign = "center";
    to.textBaseline = "middle";
    to.fillStyle = this.ink.faint;
    const point = (at_m: number): [number, number] => place(valueAt(trace, trace.x_m, at_m), valueAt(trace, trace.y_m, at_m));
    for (const { number, s_m } of corners) {
      if (!covers(trace, s_m)) continue;
      const [[px, py], [x, y], [rx, ry]] = [point(s_m - 60), point(s_m), point(s_m + 60)];
      const [dx, dy] = [2 * x - px - rx, 2 * y - py - ry];
      const length = Math.hypot(dx, dy) || 1;
      to.fillText(String(number), x + (dx / length) * 14, y + (dy / length) * 14);
    }
  }
}
