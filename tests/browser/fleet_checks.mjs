// The fleet's page, and what all pages have from it: the badge, coming back, polling.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { axe, badge, end, expect, folder, moved, pixels, serve, TRAIL, until, visit } from "./harness.mjs";

export const checks = {
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

  /** Far from the built-in roads, whose colour must be there all the same. */
  async own_roads() {
    const line = Array.from({ length: 60 }, (_, i) => [19.94 + i / 2000, 50.06 + Math.sin(i / 9) / 400]);
    writeFileSync(join(folder, "krakow.geojson"), JSON.stringify({ type: "LineString", coordinates: line }));
    const own = await serve(0, "--vehicles", "2", "--route", join(folder, "krakow.geojson"), "--autostart");
    const { page, leave } = await visit(own);
    await badge(page, "live");
    await page.getByRole("button", { name: "Trail" }).click();
    await until(() => pixels(page, [[59, 72, 86]]), (count) => count > 500, "pixels of the road");
    await page.screenshot({ path: join(folder, "dashboard-own-roads.png") });
    await leave();
    await end(own);
  },

  async start_rate_stop({ idle }) {
    const { page, leave } = await visit(idle, { colorScheme: "light" });
    await badge(page, "stopped");
    await page.getByText("No vehicle has driven yet").waitFor();
    const found = await axe(page);
    expect(found.length === 0, found.join("; "));
    expect(await page.getByRole("button", { name: "Export CSV" }).isDisabled(), "there is nothing to export");
    await page.screenshot({ path: join(folder, "dashboard-empty.png") });
    await page.getByRole("spinbutton", { name: "Rate (Hz)" }).fill("500");
    expect(await page.getByRole("button", { name: "Start", exact: true }).isDisabled(), "500 Hz can be started");
    await page.getByRole("spinbutton", { name: "Rate (Hz)" }).fill("20");
    await page.getByRole("spinbutton", { name: "Vehicles" }).fill("3");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await badge(page, "live");
    const asked = async () => {
      const { runs } = await (await fetch(`${idle.url}/status`)).json(); // other checks run other scenarios there
      return runs.find((run) => run.scenario === "fleet").rate.asked;
    };
    await until(asked, (rate) => rate === 60, "events a second of 3 vehicles at 20 Hz");
    // Among the vehicles, and perhaps among the violations too.
    await page.getByRole("button", { name: "TESTCAR03" }).first().waitFor();
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
