// Where vehicles were fast, as weights of cells of a grid: a few tens of metres each, of a bounded number.
export const CELLS_PER_WORLD = 2 ** 20;
export const CELLS_MOST = 40_000;
const FULL_SPEED_KMH = 130;
const VIOLATION_BOOST = 3;

/** What a point adds: its speed, more where a limit was broken. */
export function heatOf(speed_kmh: number, violation: boolean): number {
  return Math.min(1, speed_kmh / FULL_SPEED_KMH) * (violation ? VIOLATION_BOOST : 1);
}

export class HeatGrid {
  readonly weights = new Map<number, number>(); // by column · CELLS_PER_WORLD + row
  hottest = 0;

  add(x: number, y: number, weight: number): void {
    if (weight <= 0) return;
    const key = Math.floor(x * CELLS_PER_WORLD) * CELLS_PER_WORLD + Math.floor(y * CELLS_PER_WORLD);
    const sum = (this.weights.get(key) ?? 0) + weight;
    this.weights.set(key, sum);
    if (sum > this.hottest) this.hottest = sum;
    if (this.weights.size > CELLS_MOST) this.thin();
  }

  clear(): void {
    this.weights.clear();
    this.hottest = 0;
  }

  /** Halves all, and lets go of the coldest half. */
  private thin(): void {
    const middle = [...this.weights.values()].sort((a, b) => a - b)[CELLS_MOST / 2]!;
    for (const [key, weight] of this.weights)
      if (weight <= middle) this.weights.delete(key);
      else this.weights.set(key, weight / 2);
    this.hottest /= 2;
  }
}
