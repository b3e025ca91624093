// The heat grid as a picture: what lies in one pixel of a small canvas is averaged, spread, and becomes colour.
import { CELLS_PER_WORLD, type HeatGrid } from "./heat_grid";

const SHRINK = 4; // css pixels per pixel of the small canvas
const REACH = 5; // pixels of the small canvas
const HOT = 3; // the weight of a cell that has the last colour: a few cars passed at a motorway's speed
export const HEAT_STOPS: [number, number, number, number][] = [
  // heat, then red, green, blue
  [0, 40, 70, 200],
  [0.3, 30, 150, 200],
  [0.5, 60, 190, 130],
  [0.7, 240, 210, 60],
  [0.85, 245, 130, 30],
  [1, 235, 50, 60],
];

function colourTable(): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    const at = i / 255;
    let k = 1;
    while (k < HEAT_STOPS.length - 1 && at > HEAT_STOPS[k]![0]) k++;
    const [a, b] = [HEAT_STOPS[k - 1]!, HEAT_STOPS[k]!];
    const share = (at - a[0]) / (b[0] - a[0]);
    for (let c = 0; c < 3; c++) table[i * 4 + c] = a[c + 1]! + (b[c + 1]! - a[c + 1]!) * share;
    table[i * 4 + 3] = Math.min(190, i * 2.2);
  }
  return table;
}

/** How much of a point's heat arrives so many pixels away. */
function kernel(): Float32Array {
  const side = 2 * REACH + 1;
  const shares = new Float32Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const away = Math.hypot(x - REACH, y - REACH) / (REACH + 0.5);
      shares[y * side + x] = away >= 1 ? 0 : (1 - away * away) ** 2;
    }
  return shares;
}

export class HeatLayer {
  private readonly canvas = document.createElement("canvas");
  private readonly to = this.canvas.getContext("2d")!;
  private readonly colours = colourTable();
  private readonly shares = kernel();
  private sums = new Float32Array(0);
  private cells = new Uint16Array(0);
  private heat = new Float32Array(0);

  /** Draws anew; `image()` is the picture. */
  render(grid: HeatGrid, width: number, height: number, scale: number, left: number, top: number): void {
    const [w, h] = [Math.ceil(width / SHRINK), Math.ceil(height / SHRINK)];
    this.make(w, h);
    for (const [key, weight] of grid.weights) {
      const column = Math.floor(key / CELLS_PER_WORLD);
      const row = key - column * CELLS_PER_WORLD;
      const x = Math.floor((((column + 0.5) / CELLS_PER_WORLD) * scale - left) / SHRINK);
      const y = Math.floor((((row + 0.5) / CELLS_PER_WORLD) * scale - top) / SHRINK);
      if (x < 0 || y < 0 || x >= w || y >= h) continue;
      this.sums[y * w + x]! += weight;
      this.cells[y * w + x]!++;
    }
    for (let at = 0; at < w * h; at++)
      if (this.cells[at]! > 0) this.spread(at % w, Math.floor(at / w), this.sums[at]! / this.cells[at]!, w, h);
    this.paint(w, h);
  }

  image(): HTMLCanvasElement {
    return this.canvas;
  }

  private make(w: number, h: number): void {
    if (this.canvas.width !== w || this.canvas.height !== h || this.heat.length !== w * h) {
      this.canvas.width = w;
      this.canvas.height = h;
      this.sums = new Float32Array(w * h);
      this.cells = new Uint16Array(w * h);
      this.heat = new Float32Array(w * h);
    }
    this.sums.fill(0);
    this.cells.fill(0);
    this.heat.fill(0);
  }

  /** The hotter one of neighbours counts: the picture does not get hotter by zooming out. */
  private spread(x: number, y: number, weight: number, w: number, h: number): void {
    const heat = Math.sqrt(Math.min(1, weight / HOT));
    for (let dy = -REACH; dy <= REACH; dy++) {
      if (y + dy < 0 || y + dy >= h) continue;
      for (let dx = -REACH; dx <= REACH; dx++) {
        if (x + dx < 0 || x + dx >= w) continue;
        const at = (y + dy) * w + x + dx;
        const arrives = heat * this.shares[(dy + REACH) * (2 * REACH + 1) + dx + REACH]!;
        if (arrives > this.heat[at]!) this.heat[at] = arrives;
      }
    }
  }

  private paint(w: number, h: number): void {
    const picture = this.to.createImageData(w, h);
    for (let i = 0; i < w * h; i++) {
      const at = Math.round(this.heat[i]! * 255) * 4;
      if (at === 0) continue;
      for (let c = 0; c < 4; c++) picture.data[i * 4 + c] = this.colours[at + c]!;
    }
    this.to.putImageData(picture, 0, 0);
  }
}
