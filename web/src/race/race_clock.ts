// Which moment of the session is shown: a little late, so that there are samples around it, and without jumps when packets
// come in bursts.
import type { RaceStore } from "./timing";

const DELAY_S = 0.05; // beyond the space between two samples
const JUMP_S = 1;
const PULL = 0.08; // of the error, each frame

export class RaceClock {
  now_s = 0;
  private pace = 1; // seconds of the session per second
  private frame_ms = 0;
  private mark = { newest_s: 0, at_ms: 0 };

  shown(store: RaceStore, now_ms: number): number {
    this.measure(store, now_ms);
    const since_s = Math.min(0.2, Math.max(0, (now_ms - store.lastArrival_ms) / 1000));
    const target_s = store.newest_s + since_s * this.pace - (DELAY_S + 0.04) * this.pace;
    const passed_s = Math.min(0.2, (now_ms - this.frame_ms) / 1000) * this.pace;
    this.frame_ms = now_ms;
    const next_s = this.now_s + passed_s;
    this.now_s = Math.abs(target_s - next_s) > JUMP_S * this.pace ? target_s : next_s + (target_s - next_s) * PULL;
    return this.now_s;
  }

  /** A run with --speed goes faster than the clock on the wall. */
  private measure(store: RaceStore, now_ms: number): void {
    const passed_s = (now_ms - this.mark.at_ms) / 1000;
    if (passed_s < 1 && this.mark.newest_s > 0) return;
    const went_s = store.newest_s - this.mark.newest_s;
    // The first samples are those of half a minute at once.
    if (this.mark.newest_s > 0 && went_s > 0 && passed_s < 3) this.pace = Math.max(0.1, Math.min(100, went_s / passed_s));
    this.mark = { newest_s: store.newest_s, at_ms: now_ms };
  }
}
