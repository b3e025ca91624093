// Goal: the charts' page asks for what was chosen, and says truly how songs moved. Method: choices there and back; ranks.
import { describe, expect, it } from "vitest";
import { chartPath, countries, movement, readChoice, writeChoice } from "../src/songs/charts";

describe("a choice", () => {
  it("comes back from the address", () => {
    for (const choice of [
      { window: "1m", country: "", genre: "" },
      { window: "5m", country: "PL", genre: "" },
      { window: "1h", country: "", genre: "R&B / Soul" },
    ] as const)
      expect(readChoice(writeChoice(choice))).toEqual(choice);
  });
  it("is the usual one where the address says nothing that is known", () => {
    expect(readChoice("?window=7m&country=Poland")).toEqual({ window: "1m", country: "", genre: "" });
    expect(readChoice("?country=PL&genre=Jazz").genre).toBe(""); // one chart at a time
  });
  it("is asked for", () => {
    expect(chartPath({ window: "1h", country: "", genre: "R&B" })).toBe("/api/v1/songs/top?window=1h&limit=20&genre=R%26B");
  });
});

describe("movement", () => {
  it("is told by the rank before", () => {
    const told = [[3, 5], [5, 3], [2, 3], [4, 4], [1, null]].map(([rank, previous_rank]) =>
      movement({ rank: rank!, previous_rank: previous_rank! }));
    expect(told.map((one) => one.kind)).toEqual(["up", "down", "up", "same", "new"]);
    expect(told.map((one) => one.words)).toEqual(["up 2 places", "down 2 places", "up 1 place", "as before", "not played in the window before"]);
  });
});

describe("countries", () => {
  it("have names, each once", () => {
    const all = new Map(countries());
    expect([all.get("PL"), all.get("BR"), all.has("ZZ"), all.has("QQ")]).toEqual(["Poland", "Brazil", false, false]);
    expect(all.size).toBeGreaterThan(240);
  });
});
