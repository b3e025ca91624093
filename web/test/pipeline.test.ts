// Goal: the pipeline's page shows what /metrics, /status and the pipeline's own path say. Method: texts as the server writes
// them; places on the lag's scale computed by hand.
import { describe, expect, it } from "vitest";
import { Metrics } from "../src/pipeline/metrics";
import { lagPlace, lagText } from "../src/pipeline/panels";
import { StageHistory, stagesOf } from "../src/pipeline/stages";

describe("metrics", () => {
  const metrics = new Metrics(
    '# HELP a text\nracesim_clients 3\nsent{scenario="race",sink="live"} 12\nsent{scenario="race",sink="file:a\\"b\\\\c"} 1e3\n\nbad line here\n',
  );
  it("reads values by name and labels", () => {
    expect(metrics.value("racesim_clients")).toBe(3);
    expect(metrics.value("sent", { sink: "live" })).toBe(12);
    expect(metrics.value("sent", { sink: 'file:a"b\\c' })).toBe(1000);
    expect(metrics.value("sent", { sink: "none" })).toBeUndefined();
    expect(metrics.value("other")).toBeUndefined();
  });
});

describe("stages", () => {
  it("know nothing that is not told", () => {
    const [stage] = stagesOf({ stages: [{ name: "store", state: "running", out: 5 }] });
    expect([stage!.out, stage!.in, stage!.lag_ms, stage!.watermark, stage!.scenario]).toEqual([5, null, null, null, null]);
  });

  it("have the rate that their counts show", () => {
    const history = new StageHistory();
    const at = (out: number) => stagesOf({ stages: [{ name: "a", state: "running", out, rate_got: 7 }] })[0]!;
    history.add(at(100), 0);
    history.add(at(350), 500);
    history.add(at(0), 1000); // another run
    history.add(at(10), 2000);
    expect(history.rate).toEqual([7, 500, 7, 10]);
    for (let i = 0; i < 500; i++) history.add(at(10), 3000 + i);
    expect(history.rate.length).toBe(StageHistory.seconds);
  });
});

describe("lag", () => {
  it("has the same room for each power of ten", () => {
    expect([0.001, 0.01, 1, 10_000, 1e6].map((ms) => Math.round(lagPlace(ms) * 600))).toEqual([0, 0, 200, 600, 600]);
    expect([0.0512, 1.04, 153.4, 2500].map(lagText)).toEqual(["51 µs", "1.0 ms", "153 ms", "2.5 s"]);
  });
});
