// The last points of one vehicle, oldest first: columns of numbers that are overwritten in place, so that nothing is
// allocated while data comes.
export const VIOLATION = 1;

export class TrailRing {
  x: Float64Array; // Web Mercator, 0 to 1
  y: Float64Array;
  speed_kmh: Float32Array;
  rpm: Float32Array;
  time_s: Float64Array; // epoch, event time
  flags: Uint8Array;
  private head = 0; // where the next one goes
  length = 0;

  constructor(public capacity: number) {
    this.x = new Float64Array(capacity);
    this.y = new Float64Array(capacity);
    this.speed_kmh = new Float32Array(capacity);
    this.rpm = new Float32Array(capacity);
    this.time_s = new Float64Array(capacity);
    this.flags = new Uint8Array(capacity);
  }

  push(x: number, y: number, speed_kmh: number, rpm: number, time_s: number, flags: number): void {
    const at = this.head;
    this.x[at] = x;
    this.y[at] = y;
    this.speed_kmh[at] = speed_kmh;
    this.rpm[at] = rpm;
    this.time_s[at] = time_s;
    this.flags[at] = flags;
    this.head = at + 1 === this.capacity ? 0 : at + 1;
    if (this.length < this.capacity) this.length++;
  }

  /** Place in the columns of the i-th point, 0 the oldest. */
  place(i: number): number {
    const at = this.head - this.length + i;
    return at < 0 ? at + this.capacity : at;
  }

  /** Keeps the newest points. */
  resize(capacity: number): void {
    if (capacity === this.capacity) return;
    const kept = new TrailRing(capacity);
    for (let i = Math.max(0, this.length - capacity); i < this.length; i++) {
      const p = this.place(i);
      kept.push(this.x[p]!, this.y[p]!, this.speed_kmh[p]!, this.rpm[p]!, this.time_s[p]!, this.flags[p]!);
    }
    Object.assign(this, kept);
  }

  clear(): void {
    this.head = 0;
    this.length = 0;
  }
}
