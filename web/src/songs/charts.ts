// The charts: what is asked of GET /api/v1/songs/top, and how a song moved.
export interface ChartRow {
  windowing: string;
  window_start: string;
  window_end: string;
  chart: string;
  chart_key: string;
  rank: number;
  previous_rank: number | null;
  song_id: string;
  title: string;
  artist_name: string;
  genre: string;
  plays: number;
  unique_users: number;
  listened_ms: number;
}

export const WINDOWS = ["1m", "5m", "1h"] as const;
export const SHOWN = 20;

export interface Choice {
  window: (typeof WINDOWS)[number];
  country: string; // "": everywhere
  genre: string; // "": all
}

export function chartPath(choice: Choice): string {
  const query = new URLSearchParams({ window: choice.window, limit: String(SHOWN) });
  if (choice.country !== "") query.set("country", choice.country);
  if (choice.genre !== "") query.set("genre", choice.genre);
  return `/api/v1/songs/top?${query}`;
}

/** A choice as the page's address keeps it, and back: what is no choice is the usual one. */
export function readChoice(search: string): Choice {
  const query = new URLSearchParams(search);
  const window = WINDOWS.find((one) => one === query.get("window")) ?? "1m";
  const country = /^[A-Z]{2}$/.test(query.get("country") ?? "") ? query.get("country")! : "";
  return { window, country, genre: country === "" ? (query.get("genre") ?? "") : "" };
}

export function writeChoice(choice: Choice): string {
  const query = new URLSearchParams();
  if (choice.window !== "1m") query.set("window", choice.window);
  if (choice.country !== "") query.set("country", choice.country);
  if (choice.genre !== "") query.set("genre", choice.genre);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

export interface Movement {
  kind: "up" | "down" | "same" | "new";
  text: string;
  words: string;
}

export function movement(row: Pick<ChartRow, "rank" | "previous_rank">): Movement {
  if (row.previous_rank === null) return { kind: "new", text: "new", words: "not played in the window before" };
  const by = row.previous_rank - row.rank;
  if (by === 0) return { kind: "same", text: "–", words: "as before" };
  const places = `${Math.abs(by)} ${Math.abs(by) === 1 ? "place" : "places"}`;
  return by > 0
    ? { kind: "up", text: `▲ ${by}`, words: `up ${places}` }
    : { kind: "down", text: `▼ ${-by}`, words: `down ${places}` };
}

/** Codes of countries with their names, by name. */
export function countries(): [string, string][] {
  const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const found: [string, string][] = [];
  const none = new Set(["EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"]); // regions that are no countries
  for (let a = 65; a <= 90; a++)
    for (let b = 65; b <= 90; b++) {
      const code = String.fromCharCode(a, b);
      const name = names.of(code);
      if (name !== undefined && !none.has(code)) found.push([code, name]);
    }
  return found.sort((x, y) => x[1].localeCompare(y[1], "en"));
}
