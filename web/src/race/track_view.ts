// The circuit with all cars, on a canvas: drawn 50 ms late, between the samples around that moment.
import { raceTrack, type TrackFile } from "../lib/track";
import { carColour } from "./colours";
import type { Car, RaceStore } from "./timing";

const MARGIN_PX = 44;
const NAME_PX = { wide: 44, tall: 13 };
const CORNER_PX = 18;
const NAMED = 3; // the first ones of the order
const FAR_M = 120; // a car further from the circuit drives on another one

export class TrackView {
  readonly canvas: HTMLCanvasElement;
  credit = ""; // of the circuit that is drawn
  private readonly to: CanvasRenderingContext2D;
  private track: TrackFile | null = null;
  private fits: boolean | null = null;
  private run = "";
  private box = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  private scale = 1;
  private readonly names: [number, number][] = []; // where names stand in this frame
  private left = 0;
  private top = 0;
  private ink = { track: "", edge: "", text: "", faint: "", ground: "", accent: "" };

  constructor(
    private readonly element: HTMLElement,
    private readonly store: RaceStore,
  ) {
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    element.append(this.canvas);
    this.to = this.canvas.getContext("2d")!;
    this.readInk();
    void this.load();
  }

  /** Each run may be on another circuit; what was asked for before the first one had begun is the built-in one. */
  private follow(): void {
    if (this.store.run === this.run || this.store.run === "") return;
    this.run = this.store.run;
    void this.load();
  }

  readInk(): void {
    const style = getComputedStyle(document.documentElement);
    const of = (name: string): string => style.getPropertyValue(name).trim();
    this.ink = {
      track: of("--map-major"),
      edge: of("--map-minor"),
      text: of("--text"),
      faint: of("--faint"),
      ground: of("--ground"),
      accent: of("--accent"),
    };
  }

  /** `at_s`: session time that is shown. */
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
    this.follow();
    this.place(width, height);
    if (this.track !== null && this.fits !== false) this.drawTrack(this.track);
    this.names.length = 0;
    const drawn = this.store.order.filter((car) => car.last.status !== "out" || selected.includes(car.number));
    // Chosen ones lie on top; their names come first all the same.
    const chosen = drawn.filter((car) => selected.includes(car.number));
    const others = drawn.filter((car) => !chosen.includes(car));
    for (const car of others) this.drawCar(car, at_s, -1, dark);
    for (const car of chosen) this.drawCar(car, at_s, selected.indexOf(car.number), dark);
    for (const car of chosen) this.drawName(car, at_s, selected.indexOf(car.number), dark);
    for (const car of others) if (car.last.position <= NAMED) this.drawName(car, at_s, -1, dark);
  }

  /** The car nearest to a place on the canvas; null: none is near. */
  pick(x: number, y: number, at_s: number): number | null {
    let nearest: number | null = null;
    let least = 20;
    for (const car of this.store.order) {
      const [cx, cy] = this.whereIs(car, at_s);
      const away = Math.hypot(cx - x, cy - y);
      if (away < least) [least, nearest] = [away, car.number];
    }
    return nearest;
  }

  private async load(): Promise<void> {
    const { run } = this;
    try {
      const track = await raceTrack();
      if (run !== this.run) return;
      this.track = track;
      this.fits = null;
      this.box = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
      this.credit = [this.track.title, this.track.licence].filter((text) => text).join(", ");
      for (const [x, y] of this.track.points) this.widen(x!, y!);
    } catch {
      // Cars are shown without the circuit.
    }
  }

  private widen(x: number, y: number): void {
    const { box } = this;
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.bottom = Math.min(box.bottom, y);
    box.top = Math.max(box.top, y);
  }

  /** Where the outline is of another circuit it is left out: the cars themselves span the picture. */
  private place(width: number, height: number): void {
    const first = this.store.order[0];
    if (this.fits === null && this.track !== null && first !== undefined) {
      const { x_m, y_m } = first.last;
      this.fits = this.track.points.some(([x, y]) => Math.hypot(x! - x_m, y! - y_m) < FAR_M);
      if (!this.fits) {
        this.credit = "";
        this.box = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
      }
    }
    if (this.track === null || this.fits === false)
      for (const car of this.store.order) this.widen(car.last.x_m, car.last.y_m);
    const { box } = this;
    const [w, h] = [Math.max(1, box.right - box.left), Math.max(1, box.top - box.bottom)];
    this.scale = Math.min((width - 2 * MARGIN_PX) / w, (height - 2 * MARGIN_PX) / h);
    this.left = width / 2 - ((box.left + box.right) / 2) * this.scale;
    this.top = height / 2 + ((box.bottom + box.top) / 2) * this.scale;
  }

  private at(x_m: number, y_m: number): [number, number] {
    return [this.left + x_m * this.scale, this.top - y_m * this.scale];
  }

  private drawTrack(track: TrackFile): void {
    const { to, ink } = this;
    to.beginPath();
    track.points.forEach(([x, y], i) => (i === 0 ? to.moveTo(...this.at(x!, y!)) : to.lineTo(...this.at(x!, y!))));
    to.closePath();
    to.lineJoin = "round";
    to.strokeStyle = ink.track;
    to.lineWidth = 9;
    to.stroke();
    to.strokeStyle = ink.ground;
    to.lineWidth = 5;
    to.stroke();
    this.drawLine(track);
    this.drawCorners(track);
  }

  private drawLine(track: TrackFile): void {
    const { to, ink } = this;
    const [a, b] = [this.at(track.points[0]![0]!, track.points[0]![1]!), this.at(track.points[2]![0]!, track.points[2]![1]!)];
    const along = Math.atan2(b[1] - a[1], b[0] - a[0]);
    const [nx, ny] = [-Math.sin(along) * 11, Math.cos(along) * 11];
    to.beginPath();
    to.moveTo(a[0] - nx, a[1] - ny);
    to.lineTo(a[0] + nx, a[1] + ny);
    to.strokeStyle = ink.text;
    to.lineWidth = 3;
    to.stroke();
  }

  /** Numbers beside the corners, on the outer side of the bend if there is room. */
  private drawCorners(track: TrackFile): void {
    const { to, ink } = this;
    const step_m = track.length_m / track.points.length;
    to.font = "500 12px Inter, system-ui, sans-serif";
    to.textAlign = "center";
    to.textBaseline = "middle";
    to.fillStyle = ink.faint;
    const count = track.points.length;
    const taken: [number, number][] = [];
    for (const corner of track.corners) {
      const i = Math.round(corner.s_m / step_m) % count;
      const [p, q, r] = [track.points[(i - 8 + count) % count]!, track.points[i]!, track.points[(i + 8) % count]!];
      const [dx, dy] = [2 * q[0]! - p[0]! - r[0]!, 2 * q[1]! - p[1]! - r[1]!];
      const length = Math.hypot(dx, dy) || 1;
      const [x, y] = this.at(q[0]!, q[1]!);
      const away = (side: number): [number, number] => [x + (dx / length) * side, y - (dy / length) * side];
      let place = away(CORNER_PX);
      if (taken.some(([tx, ty]) => Math.hypot(tx - place[0], ty - place[1]) < CORNER_PX)) place = away(-CORNER_PX);
      taken.push(place);
      to.fillText(String(corner.number), ...place);
    }
  }

  private whereIs(car: Car, at_s: number): [number, number] {
    const { ring } = car;
    const i = ring.before(at_s);
    if (i < 0 || i >= ring.length - 1) {
      const p = ring.place(i < 0 ? 0 : ring.length - 1);
      return this.at(ring.x[p]!, ring.y[p]!);
    }
    const [p, q] = [ring.place(i), ring.place(i + 1)];
    const share = (at_s - ring.time_s[p]!) / (ring.time_s[q]! - ring.time_s[p]!);
    return this.at(ring.x[p]! + (ring.x[q]! - ring.x[p]!) * share, ring.y[p]! + (ring.y[q]! - ring.y[p]!) * share);
  }

  private drawCar(car: Car, at_s: number, chosen: number, dark: boolean): void {
    const { to, ink } = this;
    const [x, y] = this.whereIs(car, at_s);
    to.beginPath();
    to.arc(x, y, chosen >= 0 ? 7 : 5, 0, 2 * Math.PI);
    to.fillStyle = chosen >= 0 ? carColour(chosen, dark) : ink.text;
    to.strokeStyle = ink.ground;
    to.lineWidth = 2;
    to.fill();
    to.stroke();
  }

  private drawName(car: Car, at_s: number, chosen: number, dark: boolean): void {
    const { to, ink } = this;
    const [x, y] = this.whereIs(car, at_s);
    if (this.names.some(([nx, ny]) => Math.abs(nx - x) < NAME_PX.wide && Math.abs(ny - y) < NAME_PX.tall)) return;
    this.names.push([x, y]);
    to.font = "600 12px Inter, system-ui, sans-serif";
    to.textAlign = "left";
    to.textBaseline = "middle";
    to.fillStyle = chosen >= 0 ? carColour(chosen, dark) : ink.text;
    to.strokeStyle = ink.ground;
    to.lineWidth = 4;
    to.strokeText(car.driver, x + 10, y);
    to.fillText(car.driver, x + 10, y);
  }
}
