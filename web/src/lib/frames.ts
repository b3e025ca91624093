// The one animation loop of a page: 30 frames a second at most, none while the page is hidden.
export const FRAMES_PER_S = 30;

export function everyFrame(draw: (now_ms: number) => void): () => void {
  const least_ms = 1000 / FRAMES_PER_S - 4; // displays tick a little early now and then
  let last = -Infinity;
  let handle = 0;
  const tick = (now: number): void => {
    handle = requestAnimationFrame(tick);
    if (now - last < least_ms) return;
    last = now;
    draw(now);
  };
  handle = requestAnimationFrame(tick);
  return () => cancelAnimationFrame(handle);
}
