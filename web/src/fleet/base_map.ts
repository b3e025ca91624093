// The roads that the simulation uses as paths that are drawn at any zoom: no tiles, and nothing from another server.
import { mercatorX, mercatorY } from "../lib/mercator";

interface Feature {
  properties: Record<string, string | number>;
  geometry: { type: string; coordinates: unknown };
}

interface RoadClass {
  path: Path2D;
  width: number; // css pixels at zoom 13
  fromZoom: number;
  tone: "major" | "minor" | "water";
}

const WIDTHS: Record<string, [number, number]> = {
  motorway: [3.2, 0],
  trunk: [2.8, 0],
  primary: [2.2, 0],
  secondary: [1.6, 10],
  tertiary: [1.2, 11],
  motorway_link: [1.4, 12],
  trunk_link: [1.4, 12],
  residential: [0.9, 13],
  service: [0.7, 14],
};

const PATH_UNITS = 2 ** 25; // per world: about a metre

export class BaseMap {
  private classes: RoadClass[] = [];
  /** Paths lie around their first point: as floats of 32 bits they stay exact. */
  private anchor: { x: number; y: number } | null = null;
  private readonly box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity }; // of the world, from 0 to 1

  static of(geojson: { features: Feature[] }): BaseMap {
    const map = new BaseMap();
    const classes = new Map<string, RoadClass>();
    for (const { properties, geometry } of geojson.features) {
      const isWater = properties["waterway"] !== undefined;
      const name = isWater ? "water" : String(properties["highway"] ?? "");
      const [width, fromZoom] = isWater ? [9, 0] : (WIDTHS[name] ?? [0, 0]);
      if (width === 0) continue;
      const lines =
        geometry.type === "MultiLineString"
          ? (geometry.coordinates as [number, number][][])
          : geometry.type === "LineString"
            ? [geometry.coordinates as [number, number][]]
            : [];
      let road = classes.get(name);
      if (road === undefined) {
        const tone = isWater ? "water" : width >= 2 ? "major" : "minor";
        road = { path: new Path2D(), width, fromZoom, tone };
        classes.set(name, road);
      }
      for (const line of lines) map.addLine(road.path, line);
    }
    // Wide ones last: they lie on top.
    map.classes = [...classes.values()].sort(
      (a, b) => Number(b.tone === "water") - Number(a.tone === "water") || a.width - b.width,
    );
    return map;
  }

  private addLine(path: Path2D, line: [number, number][]): void {
    const { box } = this;
    line.forEach(([lon, lat], i) => {
      const [x, y] = [mercatorX(lon), mercatorY(lat)];
      this.anchor ??= { x, y };
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
      box.top = Math.min(box.top, y);
      box.bottom = Math.max(box.bottom, y);
      const [px, py] = [(x - this.anchor.x) * PATH_UNITS, (y - this.anchor.y) * PATH_UNITS];
      if (i === 0) path.moveTo(px, py);
      else path.lineTo(px, py);
    });
  }

  /** Some of it may lie in this part of the world. */
  reaches(left: number, top: number, right: number, bottom: number): boolean {
    const { box } = this;
    return box.left <= right && box.right >= left && box.top <= bottom && box.bottom >= top;
  }

  /** `scale`: css pixels per world; `left`, `top`: world pixel at the canvas's corner. */
  draw(
    to: CanvasRenderingContext2D,
    scale: number,
    left: number,
    top: number,
    zoom: number,
    colours: Record<RoadClass["tone"], string>,
  ): void {
    if (this.anchor === null) return;
    const unit = scale / PATH_UNITS;
    to.save();
    to.translate(this.anchor.x * scale - left, this.anchor.y * scale - top);
    to.scale(unit, unit);
    to.lineCap = "round";
    to.lineJoin = "round";
    for (const road of this.classes) {
      if (zoom < road.fromZoom) continue;
      to.strokeStyle = colours[road.tone];
      to.lineWidth = (road.width * Math.max(0.45, 1.45 ** (zoom - 13))) / unit;
      to.stroke(road.path);
    }
    to.restore();
  }
}
