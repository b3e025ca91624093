// Numbers and times as all pages show them.
import type { Settings } from "./settings";

const MILES_PER_KM = 0.621371192;

export function speed(kmh: number, units: Settings["units"]): number {
  return units === "mph" ? kmh * MILES_PER_KM : kmh;
}

export function clock(time_s: number, zone: Settings["clock"]): string {
  return new Date(time_s * 1000).toLocaleTimeString("en-GB", zone === "UTC" ? { timeZone: "UTC" } : {});
}

export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, "0")} s`;
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")} min`;
}

export function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 0 }).replaceAll(",", "\u202f");
}
