// Every page, in both themes and at two widths; at a third one where screenshots are kept.
import { join } from "node:path";
import { axe, badge, expect, folder, visit } from "./harness.mjs";
import { ended } from "./recorded_checks.mjs";

/** What there is when a page shows something. */
const READY = {
  "/": ".tower tbody tr",
  "/dashboard": ".list tbody tr",
  "/pipeline": ".verify tbody tr",
  "/analysis": ".lap-table tbody tr",
  "/replay": ".tower tbody tr",
  "/songs": ".songs .nothing strong",
  "/api": ".operation h2",
};
/** A stage of each kind; what the server says itself is for tests of the server. */
const stage = (name, status, found, note = null) => ({
  name, status, expected: 38_400, found, missing: found === null ? null : Math.max(0, 38_400 - found),
  extra: found === null ? null : Math.max(0, found - 38_400), digest: status === "ok" ? "ab".repeat(16) : null, note,
});
export const VERDICT = {
  "**/api/v1/pipeline/verify*": {
    run: "a1b2c3d4", scenario: "race", state: "stopped", status: "missing", events: 38_400, digest: "ab".repeat(16),
    stages: [stage("simulation", "ok", 38_400), stage("live", "missing", 38_398), stage("processing", "extra", 38_401),
             stage("store", "unknown", null, "this run has no store")],
  },
};
const NARROW = { width: 360, height: 740, colorScheme: "light", reducedMotion: "reduce" };
const MIDDLE = { width: 768, height: 1024, colorScheme: "light" };

async function looked(server, path, look) {
  const { page, leave } = await visit(server, { path, answers: VERDICT, ...look });
  await page.locator(READY[path]).first().waitFor();
  if (path === "/dashboard") await page.getByRole("button", { name: "Table" }).click();
  const found = await axe(page);
  expect(found.length === 0, `${path}: ${found.join("; ")}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide <= 0, `${path} is ${wide} pixels wider than a window of ${look.width ?? 1440}`);
  const name = path === "/" ? "pit-wall" : path.slice(1);
  await page.screenshot({ path: join(folder, `axe-${name}-${look.colorScheme ?? "dark"}-${look.width ?? 1440}.png`), fullPage: look.width === 360 });
  await leave();
}

export const checks = {
  async axe_clean({ server, race, recorded }) {
    await ended(recorded);
    for (const path of Object.keys(READY)) {
      const shown = path === "/dashboard" ? server : path === "/" ? race : recorded;
      for (const look of process.env.RACESIM_SHOTS ? [{}, NARROW, MIDDLE] : [{}, NARROW]) await looked(shown, path, look);
    }
  },

  async every_page_by_keyboard({ server, race, recorded }) {
    await ended(recorded);
    for (const [path, names] of Object.entries({
      "/": ["Skip to the content", "Pit wall", "Table", "Rate (Hz)", "Stop"],
      "/pipeline": ["Skip to the content", "Pipeline", "Compare again"],
      "/analysis": ["Race", "Driver of lap A", "Lap B", "Exchange", "Place on the lap; arrow keys move it"],
      "/replay": ["Race", "Back 10 seconds", "Speed", "Moment of the recording"],
      "/songs": ["1 minute", "Country", "Genre", "Plays a minute", "Start"],
      "/api": ["REST", "openapi.json", "Send"],
    })) {
      const { page, leave } = await visit(path === "/" ? race : recorded, { path, answers: VERDICT });
      await page.locator(READY[path]).first().waitFor();
      const reached = [];
      for (let i = 0; i < 160; i++) {
        await page.keyboard.press("Tab");
        const at = await page.evaluate(() => {
          const element = document.activeElement;
          const name = element.getAttribute("aria-label") ?? element.labels?.[0]?.firstChild?.textContent ?? element.innerText;
          return { name: name.trim(), outline: getComputedStyle(element).outlineStyle, tag: element.tagName };
        });
        if (at.tag === "BODY") break;
        expect(at.outline !== "none", `${path}: no visible focus on ${at.tag} "${at.name.slice(0, 40)}"`);
        reached.push(at.name);
      }
      for (const name of names) expect(reached.includes(name), `${path}: Tab does not reach "${name}": ${reached.slice(0, 60).join(" · ")}`);
      await leave();
    }
    const { page, leave } = await visit(server);
    await badge(page, "live");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement.id === "content"), "the first link does not skip to the content");
    await leave();
  },
};
