// Where vehicles were fast, as weights of cells of a grid: a few tens of metres each, of a bounded number.
export const CELLS_PER_WORLD = 2 ** 20;
export const CELLS_MOST = 40_000;
const FULL_SPEED_KMH = 130;
const VIOLATION_BOOST = 3;

/** What a point adds. The square: who is twice as fast leaves half as many points, and shall still make it hotter. */
export function heatOf(speed_kmh: number, violation: boolean): number {
  return Math.min(1, speed_kmh / FULL_SPEED_KMH) ** 2 * (violation ? VIOLATION_BOOST : 1);
}

export class HeatGrid {
  readonly weights = new Map<number, number>(); // by column · CELLS_PER_WORLD + row

  add(x: number, y: number, weight: number): void {
    if (weight <= 0) return;
    const key = Math.floor(x * CELLS_PER_WORLD) * CELLS_PER_WORLD + Math.floor(y * CELLS_PER_WORLD);
    this.weights.set(key, (this.weights.get(key) ?? 0) + weight);
    if (this.weights.size > CELLS_MOST) this.thin();
  }

  clear(): void {
    this.weights.clear();
  }

  /** Halves all, and lets go of the coldest half. */
  private thin(): void {
    const middle = [...this.weights.values()].sort((a, b) => a - b)[CELLS_MOST / 2]!;
    for (const [key, weight] of this.weights)
      if (weight <= middle) this.weights.delete(key);
      else this.weights.set(key, weight / 2);
  }
}
