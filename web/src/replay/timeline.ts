// Where the recording stands and how it goes on: a clock that can be stopped, stepped and made faster.
export const SPEEDS = [0.5, 1, 2, 4, 8, 16, 32] as const;

export class Timeline {
  at_s = 0;
  end_s = 0;
  speed = 1;
  playing = false;
  private last_ms: number | null = null;

  /** `ready`: what comes next is loaded; else the clock waits. */
  advance(now_ms: number, ready: boolean): number {
    const passed_s = this.last_ms === null ? 0 : Math.min(0.25, (now_ms - this.last_ms) / 1000);
    this.last_ms = now_ms;
    if (this.playing && ready) this.seek(this.at_s + passed_s * this.speed);
    if (this.at_s >= this.end_s) this.playing = false;
    return this.at_s;
  }

  seek(at_s: number): void {
    this.at_s = Math.max(0, Math.min(this.end_s, at_s));
  }

  /** From its end it begins again. */
  toggle(): void {
    if (!this.playing && this.at_s >= this.end_s) this.at_s = 0;
    this.playing = !this.playing;
  }

  /** To the next or the one before; at either end it stays. */
  changeSpeed(by: 1 | -1): void {
    const at = SPEEDS.findIndex((speed) => speed >= this.speed);
    this.speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at + by))]!;
  }
}
