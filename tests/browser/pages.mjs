// Drives the pages in Chromium against a real `racesim serve`, and prints for each check one line:
//   {"check": name, "ok": true|false, "detail": text}
// Usage: node pages.mjs RACESIM NODE_MODULES FOLDER [CHECK…]    screenshots are put into FOLDER
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [racesim, modules, folder, ...only] = process.argv.slice(2);
const require = createRequire(join(modules, "none.js"));
const { chromium } = require("playwright-core");
const HANG_MS = 30_000;

function serve(port, ...options) {
  return new Promise((done, failed) => {
    const child = spawn(racesim, ["serve", "--listen", `127.0.0.1:${port}`, ...(options.includes("race") ? [] : ["--scenario", "fleet"]), ...options], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let text = "";
    child.stderr.on("data", (piece) => {
      text += piece;
      const found = /http:\/\/[^ ]+:(\d+)/.exec(text);
      if (found) done({ child, url: found[0], port: found[1] });
    });
    child.once("exit", () => failed(new Error(`serve ended: ${text}`)));
  });
}

function end(server, signal = "SIGTERM") {
  return new Promise((done) => {
    server.child.once("exit", done);
    server.child.kill(signal);
  });
}

function expect(holds, what) {
  if (!holds) throw new Error(what);
}

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
});

/** A fresh page; what it logs as an error, and whom else it asks, fails the check. */
async function visit(server, { width = 1440, height = 900, calm = true, path = "/dashboard", before, ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: "dark", ...more });
  context.setDefaultTimeout(HANG_MS);
  const page = await context.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(`page: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && calm && wrong.push(`console: ${message.text()}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(server.url) && !request.url().startsWith("blob:")) wrong.push(`asks ${request.url()}`);
  });
  if (before) await page.addInitScript(before);
  await page.goto(`${server.url}${path}`);
  const leave = async () => {
    await context.close();
    expect(wrong.length === 0, wrong.join("; "));
  };
  return { page, leave };
}

/** Asks again until the answer is good; the last one tells what was wrong. */
async function until(ask, good, what) {
  const end = Date.now() + HANG_MS;
  let answer = await ask();
  while (!good(answer) && Date.now() < end) {
    await new Promise((done) => setTimeout(done, 50));
    answer = await ask();
  }
  expect(good(answer), `${what}: ${answer}`);
  return answer;
}

const badge = (page, state) => page.locator(`.badge[data-state="${state}"]`).waitFor();
const moved = async (page) => {
  const packets = () => page.locator("tbody td").allInnerTexts();
  const before = (await packets()).join();
  await page.waitForFunction(
    (text) => [...document.querySelectorAll("tbody td")].map((cell) => cell.innerText).join() !== text, before);
};
/** How many pixels of the map have (about) one of these colours. */
const pixels = (page, colours) =>
  page.evaluate((wanted) => {
    const canvas = document.querySelector(".map-canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4)
      if (wanted.some((c) => c.every((value, k) => Math.abs(value - data[i + k]) < 12))) found++;
    return found;
  }, colours);
const TRAIL = [[47, 191, 113], [61, 139, 253], [242, 209, 60], [245, 138, 31], [238, 62, 74]];

async function axe(page) {
  await page.evaluate(readFileSync(join(modules, "axe-core/axe.min.js"), "utf8"));
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}

const checks = {
  async live_within_a_second({ server }) {
    const { page, leave } = await visit(server);
    await badge(page, "live");
    await moved(page);
    const seen = await page.evaluate(() => ({
      paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
      rows: document.querySelectorAll(".list tbody tr").length,
    }));
    expect(seen.rows >= 6, `only ${seen.rows} rows`);
    await page.screenshot({ path: join(folder, "dashboard-dark.png") });
    await leave();
    return `first paint after ${Math.round(seen.paint)} ms`;
  },

  async trail_and_heatmap({ server }) {
    const { page, leave } = await visit(server);
    await badge(page, "live");
    const trail = page.getByRole("button", { name: "Trail" });
    await page.waitForFunction(() => document.querySelector(".map-canvas").width > 300);
    await until(() => pixels(page, TRAIL), (count) => count > 40, "pixels of the trail");
    await trail.click();
    expect((await trail.getAttribute("aria-pressed")) === "false", "Trail is still pressed");
    await until(() => pixels(page, TRAIL), (count) => count < 20, "pixels without the trail");
    const image = () => page.evaluate(() => document.querySelector(".map-canvas").toDataURL().length);
    const cold = await image();
    await page.getByRole("button", { name: "Heatmap" }).click();
    await page.waitForFunction(
      (size) => document.querySelector(".map-canvas").toDataURL().length > size * 1.02, cold);
    await page.getByRole("button", { name: "Follow" }).click();
    await page.screenshot({ path: join(folder, "dashboard-heat.png") });
    await leave();
  },

  async start_rate_stop({ idle }) {
    const { page, leave } = await visit(idle);
    await badge(page, "stopped");
    await page.getByText("No vehicle has driven yet").waitFor();
    expect(await page.getByRole("button", { name: "Export CSV" }).isDisabled(), "there is nothing to export");
    await page.screenshot({ path: join(folder, "dashboard-empty.png") });
    await page.getByRole("spinbutton", { name: "Rate (Hz)" }).fill("500");
    expect(await page.getByRole("button", { name: "Start", exact: true }).isDisabled(), "500 Hz can be started");
    await page.getByRole("spinbutton", { name: "Rate (Hz)" }).fill("20");
    await page.getByRole("spinbutton", { name: "Vehicles" }).fill("3");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await badge(page, "live");
    const asked = async () => (await (await fetch(`${idle.url}/status`)).json()).runs[0].rate.asked;
    await until(asked, (rate) => rate === 60, "events a second of 3 vehicles at 20 Hz");
    await page.getByRole("button", { name: "TESTCAR03" }).waitFor();
    await page.getByRole("spinbutton", { name: "Rate (Hz)" }).fill("10");
    await page.getByRole("button", { name: "Restart" }).click();
    await page.waitForFunction(() => !document.querySelector("form button").textContent.includes("Restart"));
    await until(asked, (rate) => rate === 30, "events a second after the rate was changed");
    await page.getByRole("button", { name: "Stop" }).click();
    await badge(page, "stopped");
    await leave();
  },

  async export_csv({ server }) {
    const { page, leave } = await visit(server);
    await badge(page, "live");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Export CSV" }).click(),
    ]);
    const lines = readFileSync(await download.path(), "utf8").trim().split("\n");
    expect(download.suggestedFilename() === "telemetry.csv", download.suggestedFilename());
    expect(lines[0].startsWith("vehicle_id,timestamp,location_lat,location_lon,speed_kmh"), lines[0]);
    expect(lines.length > 10, `${lines.length} lines`);
    await leave();
  },

  async server_killed_and_back() {
    let server = await serve(0, "--vehicles", "2", "--autostart");
    const { page, leave } = await visit(server, { calm: false }); // a refused connection is logged by the browser
    await badge(page, "live");
    await end(server, "SIGKILL");
    await badge(page, "reconnecting");
    await page.screenshot({ path: join(folder, "dashboard-reconnecting.png") });
    server = await serve(server.port, "--vehicles", "2", "--autostart");
    await badge(page, "live");
    await moved(page).finally(() => end(server));
    await leave();
  },

  async hung_server_is_stale() {
    const server = await serve(0, "--vehicles", "2", "--autostart");
    const { page, leave } = await visit(server);
    await badge(page, "live");
    server.child.kill("SIGSTOP");
    await badge(page, "stale");
    server.child.kill("SIGCONT");
    await badge(page, "live").finally(() => end(server));
    await leave();
  },

  async blocked_websocket_is_polled({ server }) {
    const { page, leave } = await visit(server, {
      before: () => {
        globalThis.WebSocket = class {
          constructor() {
            setTimeout(() => this.onerror?.(), 5);
          }
          close() {}
        };
      },
    });
    await badge(page, "polling");
    await moved(page);
    await moved(page);
    await leave();
  },

  async keyboard({ server }) {
    const { page, leave } = await visit(server);
    await badge(page, "live");
    const reached = [];
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const element = document.activeElement;
        const name = element.labels?.[0]?.innerText ?? element.getAttribute("aria-label") ?? element.innerText;
        return { name: name.trim(), outline: getComputedStyle(element).outlineStyle, tag: element.tagName };
      });
      if (at.tag === "BODY") break;
      expect(at.outline !== "none", `no visible focus on ${at.tag} "${at.name}"`);
      reached.push(at.name.split("\n").pop());
    }
    for (const name of ["Skip to the content", "Trail", "Heatmap", "Follow", "Zoom in", "Table", "Rate (Hz)", "Vehicles", "Stop",
                        "Export CSV", "TESTCAR01"])
      expect(reached.includes(name), `Tab does not reach "${name}": ${reached.join(" · ")}`);
    await page.locator("body").press("h");
    expect((await page.getByRole("button", { name: "Heatmap" }).getAttribute("aria-pressed")) === "true", "h");
    await page.locator("body").press("n");
    await page.getByRole("heading", { name: "TESTCAR02" }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("heading", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "Keys" }).waitFor({ state: "hidden" });
    await leave();
  },

  async axe_clean({ server, idle, race }) {
    for (const [where, look] of [
      [server, { colorScheme: "dark" }],
      [server, { colorScheme: "light", width: 360, height: 740, reducedMotion: "reduce" }],
      [idle, { colorScheme: "light" }],
      [race, { colorScheme: "dark", path: "/" }],
      [race, { colorScheme: "light", path: "/", width: 360, height: 740 }],
    ]) {
      const { page, leave } = await visit(where, look);
      await badge(page, where === idle ? "stopped" : "live");
      if (where === server) await page.getByRole("button", { name: "Table" }).click();
      const found = await axe(page);
      expect(found.length === 0, found.join("; "));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide <= 0, `the page is ${wide} pixels wider than the window`);
      await page.screenshot({ path: join(folder, `axe${look.path ? "-race" : ""}-${where === idle ? "idle-" : ""}${look.colorScheme}-${look.width ?? 1440}.png`), fullPage: true });
      await leave();
    }
  },

  async pit_wall({ race }) {
    const { page, leave } = await visit(race, { path: "/" });
    await badge(page, "live");
    await page.waitForFunction(() => document.querySelectorAll(".tower tbody tr").length === 20);
    const places = await page.locator(".tower .place").allInnerTexts();
    expect(places.join() === Array.from({ length: 20 }, (_, i) => i + 1).join(), `order: ${places}`);
    const picture = (of) => page.evaluate((where) => document.querySelector(`${where} canvas`).toDataURL(), of);
    for (const of of [".track", ".traces"]) {
      const before = await picture(of);
      await page.waitForFunction(
        ([where, was]) => document.querySelector(`${where} canvas`).toDataURL() !== was, [of, before]);
    }
    const chosen = () => page.locator(".tower [aria-pressed=true]").allInnerTexts();
    expect((await chosen()).length === 2, `${await chosen()} are chosen at first`);
    const drivers = page.locator(".tower button.driver");
    await drivers.nth(9).click();
    expect((await chosen()).length === 1, "a click chooses one");
    await drivers.nth(10).click({ modifiers: ["Shift"] });
    expect((await chosen()).length === 2, "shift and click choose one more");
    await page.screenshot({ path: join(folder, "pit-wall.png") });
    await leave();
  },

  async race_start_and_stop({ idle }) {
    const { page, leave } = await visit(idle, { path: "/" });
    await badge(page, "stopped");
    await page.getByText("No race yet").waitFor();
    await page.screenshot({ path: join(folder, "pit-wall-empty.png") });
    await page.getByRole("spinbutton", { name: "Rate (Hz)" }).fill("20");
    await page.getByRole("spinbutton", { name: "From minute" }).fill("3");
    await page.getByRole("button", { name: "Start" }).click();
    await badge(page, "live");
    await page.waitForFunction(() => document.querySelectorAll(".tower tbody tr").length === 20);
    expect(/Lap [2-3] /.test(await page.locator(".race-state").innerText()), await page.locator(".race-state").innerText());
    await page.getByRole("button", { name: "Stop" }).click();
    await badge(page, "stopped");
    await leave();
  },

  async units_and_clock({ server }) {
    const { page, leave } = await visit(server, { timezoneId: "Asia/Tokyo" });
    await badge(page, "live");
    await page.getByRole("button", { name: "Units: km/h" }).click();
    await page.getByRole("columnheader", { name: "mph" }).waitFor();
    const hour = async () => Number(/· (\d+):/.exec(await page.locator(".instrument-head").innerText())[1]);
    const local = await hour();
    await page.getByRole("button", { name: "Times: local" }).click();
    await page.waitForFunction((was) => !document.querySelector(".instrument-head").innerText.includes(`· ${was}:`),
                               String(local).padStart(2, "0"));
    expect((local - (await hour()) + 24) % 24 === 9, `${local} in Tokyo, ${await hour()} UTC`);
    await page.reload();
    await page.getByRole("button", { name: "Units: mph" }).waitFor();
    await leave();
  },
};

const shared = {};
try {
  shared.server = await serve(0, "--vehicles", "6", "--speed", "30", "--autostart");
  shared.idle = await serve(0);
  shared.race = await serve(0, "--scenario", "race", "--at", "5m", "--autostart");
  for (const [name, check] of Object.entries(checks)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const begin = Date.now();
    let line = { check: name, ok: true, detail: "" };
    try {
      line.detail = (await check(shared)) ?? "";
    } catch (error) {
      line = { check: name, ok: false, detail: String(error.message) };
    }
    line.seconds = (Date.now() - begin) / 1000;
    console.log(JSON.stringify(line));
  }
} finally {
  await browser.close();
  for (const server of Object.values(shared)) await end(server);
}
