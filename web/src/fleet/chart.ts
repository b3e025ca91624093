// Speed and engine speed of the chosen vehicle over the last minute and a half.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { speed } from "../lib/format";
import type { Settings } from "../lib/settings";
import type { Vehicle } from "./store";

const WINDOW_S = 90;
const POINTS_MOST = 3_000;

export class SpeedChart {
  private plot: uPlot;
  private readonly time = new Float64Array(POINTS_MOST);
  private readonly speed = new Float64Array(POINTS_MOST);
  private readonly rpm = new Float64Array(POINTS_MOST);
  private drawn: string | null = null;

  constructor(
    private readonly element: HTMLElement,
    private settings: Pick<Settings, "units" | "clock">,
  ) {
    this.plot = this.make();
    new ResizeObserver(() => this.plot.setSize(this.size())).observe(element);
  }

  /** Theme, units and clock are part of the plot. */
  restyle(settings: Pick<Settings, "units" | "clock">): void {
    this.settings = settings;
    this.plot.destroy();
    this.plot = this.make();
    this.drawn = null;
  }

  show(vehicle: Vehicle | undefined): void {
    const key = vehicle === undefined ? "" : `${vehicle.id} ${vehicle.last.run} ${vehicle.last.seq}`;
    if (key === this.drawn) return;
    this.drawn = key;
    if (vehicle === undefined) return this.empty();
    const { trail } = vehicle;
    const from_s = vehicle.lastTime_s - WINDOW_S;
    let count = 0;
    for (let i = Math.max(0, trail.length - POINTS_MOST); i < trail.length; i++) {
      const p = trail.place(i);
      if (trail.time_s[p]! < from_s) continue;
      this.time[count] = trail.time_s[p]!;
      this.speed[count] = speed(trail.speed_kmh[p]!, this.settings.units);
      this.rpm[count] = trail.rpm[p]!;
      count++;
    }
    this.plot.setData(
      [this.time.subarray(0, count), this.speed.subarray(0, count), this.rpm.subarray(0, count)],
      false,
    );
    this.plot.setScale("x", { min: from_s, max: vehicle.lastTime_s });
  }

  private empty(): void {
    const now_s = Date.now() / 1000;
    this.plot.setData([[], [], []], false);
    this.plot.setScale("x", { min: now_s - WINDOW_S, max: now_s });
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(200, this.element.clientWidth), height: Math.max(100, this.element.clientHeight) };
  }

  private make(): uPlot {
    const style = getComputedStyle(document.documentElement);
    const of = (name: string): string => style.getPropertyValue(name).trim();
    const font = "12px Inter, system-ui, sans-serif";
    const axis = { stroke: of("--faint"), font, ticks: { show: false }, border: { show: false } };
    const grid = { stroke: of("--line"), width: 1 };
    const inUtc = this.settings.clock === "UTC";
    return new uPlot(
      {
        ...this.size(),
        padding: [8, 4, 0, 4],
        legend: { show: false },
        cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
        ...(inUtc ? { tzDate: (time: number) => uPlot.tzDate(new Date(time * 1e3), "Etc/UTC") } : {}),
        scales: {
          x: { time: true },
          speed: { range: (_plot, _least, most) => [0, Math.max(60, Math.ceil((most ?? 0) / 20) * 20)] },
          rpm: { range: [0, 7000] },
        },
        axes: [
          { ...axis, grid: { show: false }, values: "{HH}:{mm}:{ss}", space: 90, size: 24 },
          { ...axis, scale: "speed", grid, size: 42, space: 28 },
          { ...axis, scale: "rpm", side: 1, grid: { show: false }, size: 48, space: 28 },
        ],
        series: [
          {},
          { scale: "speed", stroke: of("--accent"), width: 2, fill: of("--accent-wash"), points: { show: false } },
          { scale: "rpm", stroke: of("--second"), width: 1.25, dash: [5, 3], points: { show: false } },
        ],
      },
      [[], [], []],
      this.element,
    );
  }
}
