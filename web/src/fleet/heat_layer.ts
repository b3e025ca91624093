// The heat grid as a picture: blurred stamps in a small canvas, whose opacity becomes colour.
import { CELLS_PER_WORLD, type HeatGrid } from "./heat_grid";

const SHRINK = 4; // css pixels per pixel of the small canvas
const STOPS: [number, number, number, number][] = [
  // opacity of the stamp, then red, green, blue
  [0, 40, 70, 200],
  [0.35, 30, 170, 190],
  [0.6, 240, 210, 60],
  [0.8, 245, 130, 30],
  [1, 235, 50, 60],
];

function colourTable(): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    const at = i / 255;
    let k = 1;
    while (k < STOPS.length - 1 && at > STOPS[k]![0]) k++;
    const [a, b] = [STOPS[k - 1]!, STOPS[k]!];
    const share = (at - a[0]) / (b[0] - a[0]);
    for (let c = 0; c < 3; c++) table[i * 4 + c] = a[c + 1]! + (b[c + 1]! - a[c + 1]!) * share;
    table[i * 4 + 3] = Math.min(205, i * 3.2);
  }
  return table;
}

function stamp(radius: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = radius * 2;
  const to = canvas.getContext("2d")!;
  const fade = to.createRadialGradient(radius, radius, 0, radius, radius, radius);
  fade.addColorStop(0, "rgba(0,0,0,1)");
  fade.addColorStop(1, "rgba(0,0,0,0)");
  to.fillStyle = fade;
  to.fillRect(0, 0, radius * 2, radius * 2);
  return canvas;
}

export class HeatLayer {
  private readonly canvas = document.createElement("canvas");
  private readonly to = this.canvas.getContext("2d", { willReadFrequently: true })!;
  private readonly colours = colourTable();
  private readonly stamp = stamp(5);

  /** Draws anew; `image()` is the picture. */
  render(grid: HeatGrid, width: number, height: number, scale: number, left: number, top: number): void {
    const [w, h] = [Math.ceil(width / SHRINK), Math.ceil(height / SHRINK)];
    this.canvas.width = w; // clears it
    this.canvas.height = h;
    const { to, stamp: mark } = this;
    const half = mark.width / 2;
    for (const [key, weight] of grid.weights) {
      const column = Math.floor(key / CELLS_PER_WORLD);
      const row = key - column * CELLS_PER_WORLD;
      const x = (((column + 0.5) / CELLS_PER_WORLD) * scale - left) / SHRINK;
      const y = (((row + 0.5) / CELLS_PER_WORLD) * scale - top) / SHRINK;
      if (x < -half || y < -half || x > w + half || y > h + half) continue;
      // The root: a place that is passed once shows beside one that is passed all day.
      to.globalAlpha = Math.max(0.06, Math.min(1, Math.sqrt(weight / grid.hottest)));
      to.drawImage(mark, x - half, y - half);
    }
    to.globalAlpha = 1;
    const picture = to.getImageData(0, 0, w, h);
    const bytes = picture.data;
    for (let i = 3; i < bytes.length; i += 4) {
      const at = bytes[i]! * 4;
      if (at === 0) continue;
      bytes[i - 3] = this.colours[at]!;
      bytes[i - 2] = this.colours[at + 1]!;
      bytes[i - 1] = this.colours[at + 2]!;
      bytes[i] = this.colours[at + 3]!;
    }
    to.putImageData(picture, 0, 0);
  }

  image(): HTMLCanvasElement {
    return this.canvas;
  }
}
