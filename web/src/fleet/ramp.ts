// Speeds as colours: FleetStream's five, and five that keep their order for colour-blind eyes.
export const STEPS_KMH = [0, 30, 60, 90, 120] as const;

const DOCUMENTED = ["#2fbf71", "#3d8bfd", "#f2d13c", "#f58a1f", "#ee3e4a"];
const SAFE_ON_DARK = ["#5b6fd8", "#3f9cc4", "#55c59a", "#b9dc5b", "#fdf06f"];
const SAFE_ON_LIGHT = ["#d8a500", "#72a03c", "#21867a", "#2a5f93", "#3b2d80"];

export function ramp(safe: boolean, dark: boolean): readonly string[] {
  return safe ? (dark ? SAFE_ON_DARK : SAFE_ON_LIGHT) : DOCUMENTED;
}

export function stepOf(speed_kmh: number): number {
  if (speed_kmh < 30) return 0;
  if (speed_kmh < 60) return 1;
  if (speed_kmh < 90) return 2;
  return speed_kmh < 120 ? 3 : 4;
}
