// What a driver feels and does right now, of the first chosen car: the circle of g, both pedals, the engine.
import { carColour } from "./colours";
import type { CarRing, RaceStore } from "./timing";

const G_MOST = 6;
const TRAIL_S = 1.5; // of the point in the circle
const RPM_MOST = 13_000;
const RPM_HIGH = 11_500; // shift soon

export class Instrument {
  private readonly canvas = document.createElement("canvas");
  private readonly to: CanvasRenderingContext2D;
  private ink = { text: "", faint: "", line: "", good: "", alert: "", accent: "", warn: "" };

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
    const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    for (const name of Object.keys(this.ink) as (keyof typeof this.ink)[]) this.ink[name] = of(name);
  }

  draw(at_s: number, selected: readonly number[], dark: boolean): void {
    const { to, canvas, element } = this;
    const [width, height] = [element.clientWidth, element.clientHeight];
    const ratio = Math.min(2, devicePixelRatio);
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    to.setTransform(ratio, 0, 0, ratio, 0, 0);
    to.clearRect(0, 0, width, height);
    const ring = this.store.cars.get(selected[0] ?? -1)?.ring;
    if (ring === undefined) return;
    const radius = height / 2 - 14;
    this.drawCircle(ring, at_s, height / 2, height / 2, radius, carColour(0, dark));
    const last = ring.place(Math.max(0, ring.before(at_s)));
    const left = height + 16;
    const wide = width - left;
    this.drawBar("Throttle", ring.throttle[last]! / 100, left, 8, wide, this.ink.good, `${Math.round(ring.throttle[last]!)} %`);
    this.drawBar("Brake", ring.brake[last]! / 100, left, 8 + height / 3, wide, this.ink.alert, `${Math.round(ring.brake[last]!)} %`);
    const rpm = ring.rpm[last]!;
    const engine = rpm > RPM_HIGH ? this.ink.warn : this.ink.accent;
    this.drawBar("Engine", rpm / RPM_MOST, left, 8 + (2 * height) / 3, wide, engine, `${Math.round(rpm)} rpm`);
  }

  private drawCircle(ring: CarRing, at_s: number, x: number, y: number, radius: number, colour: string): void {
    const { to, ink } = this;
    to.lineWidth = 1;
    to.strokeStyle = ink.line;
    for (const g of [2, 4, 6]) {
      to.beginPath();
      to.arc(x, y, (g / G_MOST) * radius, 0, 2 * Math.PI);
      to.stroke();
    }
    to.beginPath();
    to.moveTo(x - radius, y);
    to.lineTo(x + radius, y);
    to.moveTo(x, y - radius);
    to.lineTo(x, y + radius);
    to.stroke();
    to.font = "12px Inter, system-ui, sans-serif";
    to.fillStyle = ink.faint;
    to.textAlign = "center";
    to.textBaseline = "middle";
    to.fillText("brake", x, y - radius - 7);
    to.fillText("6 g", x + radius * 0.78, y + radius * 0.86);
    // A car that brakes throws the driver forward: that is drawn upwards; what a left turn does, to the right.
    const place = (p: number): [number, number] => [
      x + (Math.max(-G_MOST, Math.min(G_MOST, ring.lateral_g[p]!)) / G_MOST) * radius,
      y + (Math.max(-G_MOST, Math.min(G_MOST, ring.forward_g[p]!)) / G_MOST) * radius,
    ];
    const last = ring.before(at_s);
    to.strokeStyle = colour;
    to.lineWidth = 1.5;
    to.globalAlpha = 0.5;
    to.beginPath();
    for (let i = Math.max(0, ring.before(at_s - TRAIL_S)); i <= last; i++) to.lineTo(...place(ring.place(i)));
    to.stroke();
    to.globalAlpha = 1;
    if (last < 0) return;
    to.beginPath();
    to.arc(...place(ring.place(last)), 5, 0, 2 * Math.PI);
    to.fillStyle = colour;
    to.fill();
  }

  private drawBar(name: string, share: number, x: number, y: number, wide: number, colour: string, value: string): void {
    const { to, ink } = this;
    to.font = "12px Inter, system-ui, sans-serif";
    to.textBaseline = "top";
    to.textAlign = "left";
    to.fillStyle = ink.faint;
    to.fillText(name, x, y);
    to.textAlign = "right";
    to.fillStyle = ink.text;
    to.fillText(value, x + wide, y);
    to.fillStyle = ink.line;
    to.fillRect(x, y + 17, wide, 8);
    to.fillStyle = colour;
    to.fillRect(x, y + 17, wide * Math.max(0, Math.min(1, share)), 8);
  }
}
