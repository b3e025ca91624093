import { Session } from "../lib/session";

interface Play {
  song_id: string;
}

/** What was played just now: songs of the last moments, and how many in all. */
export class PlayStore {
  lastArrival_ms = -Infinity;
  received = 0;
  readonly played = new Map<string, number>(); // song to performance.now() of its last play

  take(plays: readonly Play[], now_ms: number): void {
    for (const play of plays) if (typeof play.song_id === "string") this.played.set(play.song_id, now_ms);
    this.received += plays.length;
    if (plays.length > 0) this.lastArrival_ms = now_ms;
  }

  /** Songs that were played within the last second. */
  justNow(now_ms: number): Set<string> {
    for (const [song, at_ms] of this.played) if (now_ms - at_ms > 1_000) this.played.delete(song);
    return new Set(this.played.keys());
  }
}

export type PlaysSession = Session<Play, PlayStore>;

export function makePlaysSession(changed: () => void): PlaysSession {
  return new Session(new PlayStore(), { scenario: "plays", query: "&fields=song_id" }, changed);
}
