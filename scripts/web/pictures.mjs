// Draws the pictures of the pages in docs/images/: real simulations in Chromium, at moments that show something.
// Usage: node scripts/web/pictures.mjs RACESIM NODE_MODULES docs/images    (scripts/web/pictures fills them in)
import { join } from "node:path";
import { badge, browser, end, folder, only, serve, until, visit } from "../../tests/browser/harness.mjs";

const SIZE = { width: 1440, height: 900 };
const RACE = ["--scenario", "race", "--streams", "telemetry,laps,race-control", "--autostart"];

async function picture(name, server, path, show) {
  const { page, leave } = await visit(server, { path, ...SIZE });
  await show(page);
  await page.screenshot({ path: join(folder, `dashboard-${name}.png`) });
  await leave();
  await end(server);
  console.log(`wrote ${name}`);
}

const PICTURES = {
  /** Six times as fast as the clock: within a minute there are laps, sectors and messages. */
  race: async () =>
    picture("race", await serve(0, ...RACE, "--at", "1m", "--speed", "6", "--rate-hz", "20"), "/", async (page) => {
      await page.waitForFunction(() => Number(/Lap (\d+)/.exec(document.querySelector(".race-state")?.innerText ?? "")?.[1]) >= 5,
                                 undefined, { timeout: 180_000 });
    }),
  analysis: async () => {
    const server = await serve(0, ...RACE, "--at", "3m", "--speed", "60", "--duration", "8s", "--rate-hz", "4");
    const state = async () => (await (await fetch(`${server.url}/status`)).json()).state;
    await until(state, (now) => now === "stopped", "state of the race");
    await picture("analysis", server, "/analysis", async (page) => {
      await page.locator('.overlay[aria-busy="false"]').waitFor();
      await page.getByRole("button", { name: "6 Brooklands" }).click();
      await page.evaluate(() => scrollTo(0, 0));
    });
  },
  fleet: async () => {
    const server = await serve(0, "--vehicles", "10", "--rate-hz", "2", "--speed", "30", "--autostart");
    await picture("fleet", server, "/dashboard", async (page) => {
      await badge(page, "live");
      await page.getByRole("button", { name: "Heatmap" }).click();
      await page.waitForTimeout(40_000);
      await page.getByRole("button", { name: "Show all" }).click();
      await page.waitForTimeout(1_000);
    });
  },
};

try {
  for (const [name, draw] of Object.entries(PICTURES)) if (only.length === 0 || only.includes(name)) await draw();
} finally {
  await browser.close();
}
process.exit();
