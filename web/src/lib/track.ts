// A circuit as GET /map?scenario=race gives it: docs/formats/track.md.
import { getPatiently } from "./api";

export interface Corner {
  number: number;
  name: string;
  s_m: number;
}

export interface TrackFile {
  name: string;
  title: string;
  licence?: string;
  length_m: number;
  points: number[][]; // x_m, y_m, …
  corners: Corner[];
}

export function raceTrack(): Promise<TrackFile> {
  return getPatiently<TrackFile>("/map?scenario=race");
}
