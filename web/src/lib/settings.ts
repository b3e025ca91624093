// What a user chose, kept in the browser; a browser that keeps nothing has the defaults.
export type Theme = "auto" | "dark" | "light";

export interface Settings {
  theme: Theme;
  units: "km/h" | "mph";
  clock: "local" | "UTC";
  frames: 30 | 60; // a second, at most
  trail: boolean;
  heatmap: boolean;
  safeColours: boolean;
}

const KEY = "racesim.settings";
const DEFAULTS: Settings = {
  theme: "auto",
  units: "km/h",
  clock: "local",
  frames: 30,
  trail: true,
  heatmap: false,
  safeColours: false,
};

export function loadSettings(): Settings {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>) };
  } catch {
    return { ...DEFAULTS };
  }
}

export function keepSettings(settings: Settings): void {
  document.documentElement.dataset["theme"] = settings.theme;
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // The choice holds for this page only.
  }
}
