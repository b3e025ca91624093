// Trails in the colour of their speed, one path per colour and vehicle.
import { VIOLATION } from "../lib/ring";
import type { Vehicle } from "./store";
import { stepOf } from "./ramp";

const GAP_S = 15; // packets further apart are not joined

export interface View {
  scale: number; // css pixels per world
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The newest `most` points. */
export function drawTrail(
  to: CanvasRenderingContext2D,
  vehicle: Vehicle,
  view: View,
  colours: readonly string[],
  most: number,
  width: number,
): void {
  const { trail } = vehicle;
  const { scale, left, top } = view;
  const first = Math.max(0, trail.length - most);
  to.lineWidth = width;
  for (let colour = 0; colour < colours.length; colour++) {
    to.beginPath();
    let any = false;
    for (let i = first + 1; i < trail.length; i++) {
      const b = trail.place(i);
      if (stepOf(trail.speed_kmh[b]!) !== colour) continue;
      const a = trail.place(i - 1);
      if (trail.time_s[b]! - trail.time_s[a]! > GAP_S) continue;
      to.moveTo(trail.x[a]! * scale - left, trail.y[a]! * scale - top);
      to.lineTo(trail.x[b]! * scale - left, trail.y[b]! * scale - top);
      any = true;
    }
    if (!any) continue;
    to.strokeStyle = colours[colour]!;
    to.stroke();
  }
}

/** A ring at the places where a violation began. */
export function drawViolations(
  to: CanvasRenderingContext2D,
  vehicle: Vehicle,
  view: View,
  colour: string,
  most: number,
): void {
  const { trail } = vehicle;
  to.strokeStyle = colour;
  to.lineWidth = 1.5;
  let before = true;
  for (let i = Math.max(0, trail.length - most); i < trail.length; i++) {
    const p = trail.place(i);
    const now = (trail.flags[p]! & VIOLATION) !== 0;
    if (now && !before) {
      to.beginPath();
      to.arc(trail.x[p]! * view.scale - view.left, trail.y[p]! * view.scale - view.top, 5, 0, 2 * Math.PI);
      to.stroke();
    }
    before = now;
  }
}
