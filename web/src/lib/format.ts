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
  const two = (n: number): string => String(Math.floor(n)).padStart(2, "0");
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two((s % 3600) / 60)}:${two(s % 60)}`;
}

export function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 0 }).replaceAll(",", "\u202f");
}
