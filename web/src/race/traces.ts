// Speed, engine, throttle, brake and gear of the chosen cars over the last half minute, straight from their rings.
import { speed } from "../lib/format";
import type { Settings } from "../lib/settings";
import { carColour, DASHES } from "./colours";
import type { CarRing, RaceStore } from "./timing";

const WINDOW_S = 30;
const LEFT_PX = 96;

interface Lane {
  name: string;
  unit: string;
  most: number;
  share: number; // of the height
  values(ring: CarRing): Float32Array;
}

const LANES: Lane[] = [
  { name: "Speed", unit: "km/h", most: 350, share: 0.36, values: (r) => r.speed },
  { name: "Engine", unit: "rpm", most: 13_000, share: 0.18, values: (r) => r.rpm },
  { name: "Throttle", unit: "%", most: 100, share: 0.155, values: (r) => r.throttle },
  { name: "Brake", unit: "%", most: 100, share: 0.155, values: (r) => r.brake },
  { name: "Gear", unit: "", most: 8, share: 0.15, values: (r) => r.gear },
];

interface Box {
  top: number;
  tall: number;
  width: number;
  units: Settings["units"];
}

export class Traces {
  private readonly canvas = document.createElement("canvas");
  private readonly to: CanvasRenderingContext2D;
  private ink = { text: "", faint: "", line: "" };

  constructor(
    private readonly element: HTMLElement,
    private readonly store: RaceStore,
  ) {
    this.canvas.setAttribute("aria-hidden", "true");
    element.append(this.canvas);
    this.to = this.canvas.getContext("2d")!;
    this.readInk();
  }

  readInk(): void {
    const style = getComputedStyle(document.documentElement);
    const of = (name: string): string => style.getPropertyValue(name).trim();
    this.ink = { text: of("--text"), faint: of("--faint"), line: of("--line") };
  }

  draw(at_s: number, selected: readonly number[], dark: boolean, units: Settings["units"]): void {
    const { to, canvas, element } = this;
    const [width, height] = [element.clientWidth, element.clientHeight];
    const ratio = Math.min(2, devicePixelRatio);
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    to.setTransform(ratio, 0, 0, ratio, 0, 0);
    to.clearRect(0, 0, width, height);
    let top = 0;
    for (const lane of LANES) {
      const tall = lane.share * height;
      this.drawLane(lane, { top: top + 8, tall: tall - 14, width, units }, at_s, selected, dark);
      top += tall;
    }
  }

  private drawLane(lane: Lane, box: Box, at_s: number, selected: readonly number[], dark: boolean): void {
    const { to, ink } = this;
    const { top, tall, width } = box;
    const isSpeed = lane.unit === "km/h";
    to.setLineDash([]);
    to.strokeStyle = ink.line;
    to.lineWidth = 1;
    to.beginPath();
    to.moveTo(LEFT_PX, Math.round(top + tall) + 0.5);
    to.lineTo(width, Math.round(top + tall) + 0.5);
    to.stroke();
    to.font = "12px Inter, system-ui, sans-serif";
    to.textAlign = "left";
    to.textBaseline = "top";
    to.fillStyle = ink.text;
    to.fillText(lane.name, 0, top);
    to.fillStyle = ink.faint;
    if (tall > 24) to.fillText(isSpeed ? box.units : lane.unit, 0, top + 15);
    to.textAlign = "right";
    to.fillText(String(isSpeed ? Math.round(speed(lane.most, box.units)) : lane.most), LEFT_PX - 6, top - 2);
    selected.forEach((number, chosen) => {
      const car = this.store.cars.get(number);
      if (car === undefined) return;
      to.setLineDash(DASHES[chosen]!);
      to.strokeStyle = carColour(chosen, dark);
      to.lineWidth = 1.75;
      this.drawLine(car.ring, lane.values(car.ring), lane.most, top, tall, width, at_s);
    });
    to.setLineDash([]);
  }

  private drawLine(
    ring: CarRing,
    values: Float32Array,
    most: number,
    top: number,
    tall: number,
    width: number,
    at_s: number,
  ): void {
    const { to } = this;
    const perSecond = (width - LEFT_PX) / WINDOW_S;
    to.beginPath();
    const last = ring.before(at_s);
    for (let i = Math.max(0, ring.before(at_s - WINDOW_S)); i <= last; i++) {
      const p = ring.place(i);
      const x = Math.max(LEFT_PX, width - (at_s - ring.time_s[p]!) * perSecond);
      to.lineTo(x, top + tall * (1 - Math.min(1, values[p]! / most)));
    }
    to.stroke();
  }
}
