// Servers under test, a browser, and what all checks do with them.
import { AsyncLocalStorage } from "node:async_hooks";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [racesim, modules, shots, ...only] = process.argv.slice(2);
export const folder = shots;
export { only };
const require = createRequire(join(modules, "none.js"));
const { chromium } = require("playwright-core");
export const HANG_MS = 60_000;

const children = [];
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL"); // those of checks that failed
});

const MASTER = fileURLToPath(new URL("../../data/master", import.meta.url));

/** `port` 0: any. Without a scenario among the options it is the fleet's. */
export function serve(port, ...options) {
  const scenario = options.includes("race") ? [] : ["--scenario", "fleet"];
  const all = ["serve", "--listen", `127.0.0.1:${port}`, "--master-data-dir", MASTER, ...scenario, ...options];
  return new Promise((done, failed) => {
    const child = spawn(racesim, all, {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    children.push(child);
    let text = "";
    child.stderr.on("data", (piece) => {
      text += piece;
      const found = /http:\/\/[^ ]+:(\d+)/.exec(text);
      if (found) done({ child, url: found[0], port: found[1] });
    });
    child.once("exit", () => failed(new Error(`serve ended: ${text}`)));
  });
}

export function end(server, signal = "SIGTERM") {
  return new Promise((done) => {
    server.child.once("exit", done);
    server.child.kill(signal);
  });
}

export function expect(holds, what) {
  if (!holds) throw new Error(what);
}

export const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
         // Pages that RACESIM_DIST gives come from no address at all.
         ...(process.env.RACESIM_DIST ? ["--disable-features=LocalNetworkAccessChecks"] : [])],
});

/** Of the check that runs here: the page that it opened last. Several run at a time. */
const running = new AsyncLocalStorage();

/** Runs a check; `onFailure` after what it was looking at was drawn. */
export function inCheck(name, check, onFailure) {
  const own = { page: null };
  return running.run(own, async () => {
    try {
      return await check();
    } catch (error) {
      await own.page?.screenshot({ path: join(folder, `failed-${name}.png`), timeout: 5_000 }).catch(() => undefined);
      return onFailure(error);
    }
  });
}

/** RACESIM_DIST=web/dist: pages that scripts/web/build just wrote, before they are in the program. */
function fileOf({ pathname }) {
  const name = pathname === "/" ? "index.html" : pathname.startsWith("/assets/") ? pathname.slice(8) : `${pathname.slice(1)}.html`;
  const path = join(process.env.RACESIM_DIST, name);
  return existsSync(path) ? path : null;
}
const serveFile = (route) => route.fulfill({ path: fileOf(new URL(route.request().url())) });

/** A fresh page; what it logs as an error, and whom else it asks, fails the check. `answers`: JSON by pattern of paths, in place of
    the server's. */
export async function visit(server, { width = 1440, height = 900, calm = true, path = "/dashboard", before, answers = {}, ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: "dark", ...more });
  context.setDefaultTimeout(HANG_MS);
  const page = await context.newPage();
  const check = running.getStore();
  if (check) check.page = page;
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(`page: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && calm && wrong.push(`console: ${message.text()}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(server.url) && !request.url().startsWith("blob:")) wrong.push(`asks ${request.url()}`);
  });
  if (before) await page.addInitScript(before);
  if (process.env.RACESIM_DIST) await page.route((url) => url.origin === server.url && fileOf(url) !== null, serveFile);
  for (const [pattern, json] of Object.entries(answers)) await page.route(pattern, (route) => route.fulfill({ json }));
  await page.goto(`${server.url}${path}`);
  const leave = async () => {
    await context.close();
    expect(wrong.length === 0, wrong.join("; "));
  };
  return { page, leave };
}

/** Asks again until the answer is good; the last one tells what was wrong. */
export async function until(ask, good, what) {
  const end = Date.now() + HANG_MS;
  let answer = await ask();
  while (!good(answer) && Date.now() < end) {
    await new Promise((done) => setTimeout(done, 50));
    answer = await ask();
  }
  expect(good(answer), `${what}: ${answer}`);
  return answer;
}

export const badge = (page, state) => page.locator(`.badge[data-state="${state}"]`).waitFor();
export const moved = async (page) => {
  const packets = () => page.locator("tbody td").allInnerTexts();
  const before = (await packets()).join();
  await page.waitForFunction(
    (text) => [...document.querySelectorAll("tbody td")].map((cell) => cell.innerText).join() !== text, before);
};
/** How many pixels of the map have (about) one of these colours. */
export const pixels = (page, colours) =>
  page.evaluate((wanted) => {
    const canvas = document.querySelector(".map-canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4)
      if (wanted.some((c) => c.every((value, k) => Math.abs(value - data[i + k]) < 12))) found++;
    return found;
  }, colours);
export const TRAIL = [[47, 191, 113], [61, 139, 253], [242, 209, 60], [245, 138, 31], [238, 62, 74]];

export async function axe(page) {
  await page.evaluate(readFileSync(join(modules, "axe-core/axe.min.js"), "utf8"));
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}
