// The one animation loop of a page: 30 frames a second at most, or 60 on request; none while the page is hidden.
export interface FrameCounts {
  ticks: number; // of the display
  drawn: number;
  drawing_ms: number; // all together
}

declare global {
  /** Read by the browser tests. */
  var racesimFrames: FrameCounts | undefined;
}

export function everyFrame(draw: (now_ms: number) => void, most_per_s: () => number): () => void {
  const counts: FrameCounts = { ticks: 0, drawn: 0, drawing_ms: 0 };
  globalThis.racesimFrames = counts;
  let last = -Infinity;
  let handle = 0;
  const tick = (now: number): void => {
    handle = requestAnimationFrame(tick);
    counts.ticks++;
    if (now - last < 1000 / most_per_s() - 4) return; // displays tick a little early now and then
    last = now;
    const begin = performance.now();
    draw(now);
    counts.drawn++;
    counts.drawing_ms += performance.now() - begin;
  };
  handle = requestAnimationFrame(tick);
  return () => cancelAnimationFrame(handle);
}
