// The map: Leaflet moves and zooms, one canvas shows roads, heat, trails and vehicles.
import L from "leaflet";
import { getPatiently } from "../lib/api";
import { latitudeOf, longitudeOf } from "../lib/mercator";
import { BaseMap } from "./base_map";
import { HeatLayer } from "./heat_layer";
import { ramp } from "./ramp";
import type { FleetStore, Vehicle } from "./store";
import { drawTrail, drawViolations, type View } from "./trail_layer";

const HOME: [number, number] = [52.2304, 21.0122];
const HEAT_EVERY_MS = 400;
const SEGMENTS_PER_FRAME = 20_000;
const PICK_PX = 24;
const MARKS_WITH_NAMES = 20;
const NAME_HEIGHT_PX = 14;
const NAME_AWAY_PX = 10; // from the mark
const NAME_FONT = "600 12px Inter, system-ui, sans-serif";
const CHOSEN_PX = 8;

export interface MapChoices {
  trail: boolean;
  heatmap: boolean;
  safeColours: boolean;
  selected: string | null;
  follow: boolean;
}

interface Ink {
  ground: string;
  major: string;
  minor: string;
  water: string;
  grid: string;
  text: string;
  halo: string;
  accent: string;
  alert: string;
  dark: boolean;
}

export class FleetMap {
  private readonly map: L.Map;
  private readonly canvas = document.createElement("canvas");
  private readonly to: CanvasRenderingContext2D;
  private readonly heat = new HeatLayer();
  private readonly still = matchMedia("(prefers-reduced-motion: reduce)");
  private base: BaseMap | null = null;
  private baseRun: string | null | undefined; // whose roads they are; undefined: not asked for yet
  private heatDrawn_ms = -Infinity;
  private dirty = true;
  private drawnVersion = -1;
  private moving = false;
  private placed = false;
  private readonly names: { x: number; end: number; y: number }[] = []; // drawn in this frame
  private ink!: Ink;

  constructor(
    element: HTMLElement,
    private readonly store: FleetStore,
    private choices: MapChoices,
    private readonly on: { select(id: string): void; dragged(): void },
  ) {
    this.map = L.map(element, {
      center: HOME,
      zoom: 13,
      minZoom: 8,
      maxZoom: 18,
      zoomAnimation: false,
      fadeAnimation: false,
      markerZoomAnimation: false,
      inertia: !this.still.matches,
      attributionControl: false,
      zoomControl: false,
    });
    L.control.zoom({ position: "topright" }).addTo(this.map);
    L.control.scale({ position: "bottomright", maxWidth: 90, imperial: false }).addTo(this.map);
    this.canvas.className = "map-canvas";
    this.canvas.setAttribute("aria-hidden", "true");
    element.prepend(this.canvas);
    this.to = this.canvas.getContext("2d")!;
    this.map.on("move zoom resize viewreset", () => this.changed());
    this.map.on("dragstart", () => this.on.dragged());
    this.map.on("click", (event) => this.pick(event.containerPoint));
    new ResizeObserver(() => {
      this.map.invalidateSize({ animate: false });
      this.changed();
    }).observe(element);
    this.readInk();
  }

  choose(choices: MapChoices): void {
    const moved = choices.selected !== this.choices.selected;
    this.choices = choices;
    if (moved && choices.selected !== null && !choices.follow) this.show(choices.selected);
    this.changed();
  }

  /** Colours come from the style sheet; after a change of theme they are read anew. */
  readInk(): void {
    const style = getComputedStyle(document.documentElement);
    const of = (name: string): string => style.getPropertyValue(name).trim();
    this.ink = {
      ground: of("--map-ground"),
      major: of("--map-major"),
      minor: of("--map-minor"),
      water: of("--map-water"),
      grid: of("--map-grid"),
      text: of("--text"),
      halo: of("--map-ground"),
      accent: of("--accent"),
      alert: of("--alert"),
      dark: style.colorScheme.trim() === "dark",
    };
    this.changed();
  }

  /** All vehicles that there are. */
  fit(): void {
    const points = [...this.store.vehicles.values()].map((v) => L.latLng(v.last.location.lat, v.last.location.lon));
    if (points.length === 0) return;
    this.map.fitBounds(L.latLngBounds(points).pad(0.15), { maxZoom: 14, animate: false });
  }

  frame(now_ms: number): void {
    if (this.baseRun !== this.store.run) {
      // Each run may have routes of its own; before the first one the built-in roads are asked for.
      this.baseRun = this.store.run;
      void this.loadBase(this.baseRun);
      const bounds = this.map.getBounds();
      const { vehicles } = this.store;
      this.placed &&= [...vehicles.values()].some(({ last }) => bounds.contains([last.location.lat, last.location.lon]));
    }
    if (!this.placed && this.store.vehicles.size > 0) {
      this.placed = true;
      this.fit();
    }
    if (!this.dirty && !this.moving && this.drawnVersion === this.store.version) return;
    this.follow(now_ms);
    this.draw(now_ms);
  }

  private async loadBase(run: string | null): Promise<void> {
    let base: BaseMap | null = null;
    try {
      base = BaseMap.of(await getPatiently("/map?scenario=fleet"));
    } catch {
      // The map has its grid of degrees: vehicles are shown all the same.
    }
    if (run !== this.baseRun) return;
    this.base = base;
    this.changed();
  }

  private changed(): void {
    this.dirty = true;
    this.heatDrawn_ms = -Infinity;
  }

  private show(id: string): void {
    const vehicle = this.store.vehicles.get(id);
    if (vehicle === undefined) return;
    const { lat, lon } = vehicle.last.location;
    if (!this.map.getBounds().pad(-0.1).contains([lat, lon])) this.map.panTo([lat, lon], { animate: false });
  }

  private follow(now_ms: number): void {
    const vehicle = this.choices.selected === null ? undefined : this.store.vehicles.get(this.choices.selected);
    if (!this.choices.follow || vehicle === undefined) return;
    const at = this.place(vehicle, now_ms);
    this.map.setView([latitudeOf(at.y), longitudeOf(at.x)], this.map.getZoom(), { animate: false });
  }

  private pick(at: L.Point): void {
    const view = this.view();
    let nearest: string | null = null;
    let least = PICK_PX;
    for (const vehicle of this.store.vehicles.values()) {
      const p = this.place(vehicle, performance.now());
      const away = Math.hypot(p.x * view.scale - view.left - at.x, p.y * view.scale - view.top - at.y);
      if (away < least) {
        least = away;
        nearest = vehicle.id;
      }
    }
    if (nearest !== null) this.on.select(nearest);
  }

  private view(): View {
    const size = this.map.getSize();
    const corner = this.map.project(this.map.containerPointToLatLng([0, 0]));
    const scale = 256 * 2 ** this.map.getZoom();
    return { scale, left: corner.x, top: corner.y, width: size.x, height: size.y };
  }

  /** Between the last two packets, one interval late, so that it glides; heading in the canvas's sense. */
  private place(vehicle: Vehicle, now_ms: number): { x: number; y: number; heading: number | null } {
    const { trail } = vehicle;
    const b = trail.place(trail.length - 1);
    if (trail.length < 2) return { x: trail.x[b]!, y: trail.y[b]!, heading: null };
    const a = trail.place(trail.length - 2);
    const share = this.still.matches ? 1 : Math.min(1, (now_ms - vehicle.arrived_ms) / vehicle.interval_ms);
    const [dx, dy] = [trail.x[b]! - trail.x[a]!, trail.y[b]! - trail.y[a]!];
    return {
      x: trail.x[a]! + dx * share,
      y: trail.y[a]! + dy * share,
      heading: vehicle.last.speed_kmh < 1 ? null : Math.atan2(dy, dx),
    };
  }

  private draw(now_ms: number): void {
    this.dirty = false;
    this.drawnVersion = this.store.version;
    const view = this.view();
    const { to, canvas } = this;
    const ratio = Math.min(2, devicePixelRatio);
    const [w, h] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
    }
    to.setTransform(ratio, 0, 0, ratio, 0, 0);
    to.fillStyle = this.ink.ground;
    to.fillRect(0, 0, view.width, view.height);
    const { scale, left, top, width, height } = view;
    const isOnRoads = this.base?.reaches(left / scale, top / scale, (left + width) / scale, (top + height) / scale) ?? false;
    if (isOnRoads) this.base!.draw(to, scale, left, top, this.map.getZoom(), this.ink);
    else this.drawGrid(view);
    if (this.choices.heatmap) this.drawHeat(view, now_ms);
    if (this.choices.trail) this.drawTrails(view);
    this.drawVehicles(view, now_ms);
  }

  private drawGrid(view: View): void {
    const { to } = this;
    to.strokeStyle = this.ink.grid;
    to.lineWidth = 1;
    to.beginPath();
    const step = view.scale / 360 / 50; // a fiftieth of a degree of longitude
    for (let x = -(view.left % step); x < view.width; x += step) {
      to.moveTo(x, 0);
      to.lineTo(x, view.height);
    }
    for (let y = -(view.top % step); y < view.height; y += step) {
      to.moveTo(0, y);
      to.lineTo(view.width, y);
    }
    to.stroke();
  }

  private drawHeat(view: View, now_ms: number): void {
    const { to, heat } = this;
    if (now_ms - this.heatDrawn_ms > HEAT_EVERY_MS) {
      this.heatDrawn_ms = now_ms;
      heat.render(this.store.heat, view.width, view.height, view.scale, view.left, view.top);
    }
    to.imageSmoothingEnabled = true;
    to.imageSmoothingQuality = "high";
    to.drawImage(heat.image(), 0, 0, view.width, view.height);
  }

  private drawTrails(view: View): void {
    const { to } = this;
    const colours = ramp(this.choices.safeColours, this.ink.dark);
    const each = Math.floor(SEGMENTS_PER_FRAME / Math.max(1, this.store.vehicles.size));
    to.lineCap = "round";
    to.lineJoin = "round";
    const few = this.store.vehicles.size <= MARKS_WITH_NAMES * 4;
    for (const vehicle of this.store.vehicles.values()) {
      if (vehicle.id === this.choices.selected) continue;
      drawTrail(to, vehicle, view, colours, each, few ? 3 : 2);
    }
    const chosen = this.choices.selected === null ? undefined : this.store.vehicles.get(this.choices.selected);
    if (chosen === undefined) return;
    drawTrail(to, chosen, view, colours, chosen.trail.length, 5);
    drawViolations(to, chosen, view, this.ink.alert, chosen.trail.length);
  }

  private drawVehicles(view: View, now_ms: number): void {
    this.moving = false;
    this.names.length = 0;
    const named = this.store.vehicles.size <= MARKS_WITH_NAMES;
    const chosen = this.store.vehicles.get(this.choices.selected ?? "");
    if (chosen !== undefined) this.nameFirst(chosen, view, now_ms);
    for (const vehicle of this.store.vehicles.values()) {
      if (now_ms - vehicle.arrived_ms < vehicle.interval_ms) this.moving = true;
      if (vehicle !== chosen) this.drawVehicle(vehicle, view, now_ms, named, false);
    }
    if (chosen !== undefined) this.drawVehicle(chosen, view, now_ms, true, true);
  }

  /** The chosen vehicle lies on top; the others' names keep clear of its own all the same. */
  private nameFirst(chosen: Vehicle, view: View, now_ms: number): void {
    const { x, y } = this.place(chosen, now_ms);
    this.to.font = NAME_FONT;
    const from = x * view.scale - view.left;
    const end = from + NAME_AWAY_PX + CHOSEN_PX + this.to.measureText(`${chosen.id} !`).width;
    this.names.push({ x: from - CHOSEN_PX, end, y: y * view.scale - view.top });
  }

  private drawVehicle(vehicle: Vehicle, view: View, now_ms: number, named: boolean, chosen: boolean): void {
    const { to, ink } = this;
    const place = this.place(vehicle, now_ms);
    const [x, y] = [place.x * view.scale - view.left, place.y * view.scale - view.top];
    if (x < -40 || y < -40 || x > view.width + 40 || y > view.height + 40) return;
    const size = chosen ? CHOSEN_PX : 6;
    const alert = vehicle.last.speeding || vehicle.last.rpm_over_redline;
    to.beginPath();
    if (place.heading === null) to.arc(x, y, size - 1.5, 0, 2 * Math.PI);
    else arrow(to, x, y, size, place.heading);
    to.fillStyle = chosen ? ink.accent : ink.text;
    to.strokeStyle = ink.halo;
    to.lineWidth = 2;
    to.stroke();
    to.fill();
    if (alert || chosen) {
      to.beginPath();
      to.arc(x, y, size + 6, 0, 2 * Math.PI);
      to.strokeStyle = alert ? ink.alert : ink.accent;
      to.lineWidth = 2;
      to.stroke();
    }
    if (named) this.drawName(`${vehicle.id}${alert ? " !" : ""}`, x + size + NAME_AWAY_PX, y, chosen);
  }

  private drawName(text: string, x: number, y: number, chosen: boolean): void {
    const { to, ink } = this;
    to.font = NAME_FONT;
    const end = x + to.measureText(text).width;
    const taken = this.names.some((n) => Math.abs(n.y - y) < NAME_HEIGHT_PX && n.x < end && x < n.end);
    if (taken && !chosen) return;
    this.names.push({ x, end, y });
    to.textBaseline = "middle";
    to.lineWidth = 3;
    to.strokeStyle = ink.halo;
    to.strokeText(text, x, y);
    to.fillStyle = ink.text;
    to.fillText(text, x, y);
  }
}

function arrow(to: CanvasRenderingContext2D, x: number, y: number, size: number, heading: number): void {
  const at = (turn: number, away: number): [number, number] => [
    x + Math.cos(heading + turn) * away,
    y + Math.sin(heading + turn) * away,
  ];
  to.moveTo(...at(0, size + 2));
  to.lineTo(...at(2.5, size));
  to.lineTo(...at(Math.PI, size * 0.4));
  to.lineTo(...at(-2.5, size));
  to.closePath();
}
