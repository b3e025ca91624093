// Goal: the pipeline's page shows what the pipeline's path says. Method: stages as the server writes them; places on the lag's
// scale computed by hand.
import { describe, expect, it } from "vitest";
import { lagPlace, lagText } from "../src/pipeline/panels";
import { apart, StageHistory, stagesOf } from "../src/pipeline/stages";
import { kindOf, remarkOf, wordsOf, type StageVerdict } from "../src/pipeline/verdict";

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
    const ended = new StageHistory();
    ended.add(stagesOf({ stages: [{ name: "a", state: "stopped", out: 100, rate_got: 7 }] })[0]!, 0);
    expect(ended.rate).toEqual([0]);
    for (let i = 0; i < 500; i++) history.add(at(10), 3000 + i);
    expect(history.rate.length).toBe(StageHistory.seconds);
  });
});

describe("lag", () => {
  it("is counted apart, bucket by bucket", () => {
    const told = [{ le_ms: 1, count: 5 }, { le_ms: 10, count: 5 }, { le_ms: null, count: 9 }];
    expect(apart(told).map((bucket) => bucket.count)).toEqual([5, 0, 4]);
  });

  it("has the same room for each power of ten", () => {
    expect([0.001, 0.01, 1, 10_000, 1e6].map((ms) => Math.round(lagPlace(ms) * 600))).toEqual([0, 0, 200, 600, 600]);
    expect([0.0512, 1.04, 153.4, 2500].map(lagText)).toEqual(["51 µs", "1.0 ms", "153 ms", "2.5 s"]);
  });
});

describe("whether the stages agree", () => {
  const stage: StageVerdict = { name: "store", status: "ok", expected: 5, found: 5, missing: 0, extra: 0, digest: null, note: null };
  it("says what was compared", () => {
    expect(remarkOf(stage, "ab")).toBe("by their number");
    expect(remarkOf({ ...stage, digest: "ab" }, "ab")).toBe("by their number and content");
    expect(remarkOf({ ...stage, status: "missing", digest: "ac" }, "ab")).toBe("their content differs");
    expect(remarkOf({ ...stage, status: "unknown", note: "it still runs" }, "ab")).toBe("it still runs");
  });
  it("takes nothing for good that it does not know", () => {
    expect([kindOf("ok"), kindOf("missing"), kindOf("extra"), kindOf("unknown")]).toEqual(["good", "bad", "bad", "idle"]);
    expect([kindOf("altered"), wordsOf("altered")]).toEqual(["bad", "events altered"]);
  });
});
