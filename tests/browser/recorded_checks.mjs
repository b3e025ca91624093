// The pages of what is kept: analysis and replay of races, charts of songs.
import { join } from "node:path";
import { badge, end, expect, folder, serve, until, visit } from "./harness.mjs";

/** Some laps within seconds; then the run has ended, and memory holds all of it (13 of 16 MiB). */
export const fastRace = (...more) =>
  serve(0, "--scenario", "race", "--at", "3m", "--speed", "120", "--duration", "4s", "--rate-hz", "3", "--streams",
        "telemetry,laps,race-control", "--autostart", ...more);

/** Nothing changes any more. */
export const ended = (server) =>
  until(async () => (await (await fetch(`${server.url}/status`)).json()).state, (state) => state === "stopped", "state of the race");

const drawn = (page, where) =>
  page.waitForFunction((selector) => {
    const canvas = document.querySelector(`${selector} canvas`);
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let inked = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] > 200) inked++;
    return inked > 2000;
  }, where);

export const checks = {
  async analysis({ recorded }) {
    await ended(recorded);
    const { page, leave } = await visit(recorded, { path: "/analysis" });
    await page.locator(".lap-table tbody tr").nth(3).waitFor();
    for (const of of [".overlay", ".gear-map"]) await drawn(page, of);
    const both = () => page.locator('.overlay[aria-busy="false"]').waitFor();
    await both();
    expect((await page.locator(".positions polyline").count()) === 20, "not every car has its line of places");
    expect((await page.locator(".stints tr").count()) === 20, "not every car has its tyres");
    await page.locator(".lap-table tr.chosen td:nth-child(7)", { hasText: /^\d\d\.\d{3}$/ }).first().waitFor(); // sector 3
    // The cursor is one for all: by key, by pointer, by corner.
    const overlay = page.getByRole("slider", { name: /Place on the lap/ });
    await overlay.focus();
    for (const key of ["PageUp", "PageUp", "ArrowRight"]) await page.keyboard.press(key);
    expect((await overlay.getAttribute("aria-valuenow")) === "410", `the cursor is at ${await overlay.getAttribute("aria-valuenow")}`);
    expect(/^0\.41 km: A \d+, B \d+ km\/h, B [+−]/.test(await page.locator(".readout").innerText()), await page.locator(".readout").innerText());
    await page.getByRole("button", { name: "3 Village" }).click();
    expect((await page.locator(".readout").innerText()).startsWith("0.89 km"), await page.locator(".readout").innerText());
    // A link keeps the selection.
    const second = page.locator(".lap-table tbody tr").nth(1);
    await second.getByRole("button", { name: /^Second lap/ }).click();
    const chosen = await page.getByLabel("Lap B", { exact: true }).inputValue();
    const shown = await page.locator(".lap-picker output").allInnerTexts();
    await page.screenshot({ path: join(folder, "analysis.png"), fullPage: true });
    await page.reload();
    await page.locator(".lap-table tbody tr").nth(3).waitFor();
    expect((await page.getByLabel("Lap B", { exact: true }).inputValue()) === chosen, "the link has lost lap B");
    expect((await page.locator(".lap-picker output").allInnerTexts()).join() === shown.join(), "the link shows other laps");
    await leave();
  },

  /** The samples of lap B come late, and then not at all. */
  async lap_on_its_way({ recorded }) {
    await ended(recorded);
    const { page, leave } = await visit(recorded, { path: "/analysis", calm: false }); // what fails is logged by the browser
    const overlay = page.getByRole("slider", { name: /Place on the lap/ });
    await page.locator('.overlay[aria-busy="false"]').waitFor();
    let answer = null; // asked for, and held back
    await page.route("**/telemetry?*lap_distance_m*", (route) => (answer === null ? (answer = route) : route.abort()));
    const laps = page.getByLabel("Lap B", { exact: true });
    const other = async (i) => laps.selectOption(await laps.locator("option").nth(i).getAttribute("value"));
    const at = (await laps.locator("option:checked").getAttribute("value")) === "3" ? 0 : 1;
    await other(at);
    await overlay.press("PageUp");
    const says = async (wanted) => until(() => page.locator(".readout").innerText(), (text) => wanted.test(text), `readout like ${wanted}`);
    await says(/^0\.20 km: A \d+, B … km\/h$/);
    await page.getByText(/^Asking for samples of [A-Z]{3}, lap \d+…$/).waitFor();
    await until(() => answer, Boolean, "the question for lap B");
    await answer.continue();
    await says(/^0\.20 km: A \d+, B \d+ km\/h, B [+−]/);
    await other(at + 1);
    await page.getByRole("alert").filter({ hasText: "The server does not answer" }).waitFor();
    await page.unroute("**/telemetry?*lap_distance_m*");
    await says(/^0\.20 km: A \d+, B \d+ km\/h, B [+−]/);
    await leave();
  },

  async replay({ recorded }) {
    await ended(recorded);
    const { page, leave } = await visit(recorded, { path: "/replay" });
    const line = page.getByRole("slider", { name: "Moment of the recording" });
    await until(() => line.isEnabled(), Boolean, "the recording is there");
    const last = await until(async () => Number(await line.getAttribute("max")), (end) => end > 90, "seconds that are recorded");
    expect(last <= 480, `it ends after ${last} seconds, and the race was driven for 480`);
    await line.fill(String(last - 60));
    await page.waitForFunction(() => document.querySelectorAll(".tower tbody tr").length === 20);
    for (const of of [".track", ".traces"]) await drawn(page, of);
    const at = async () => Number(await line.inputValue());
    if ((await page.getByRole("button", { name: "Pause" }).count()) > 0) await page.getByRole("button", { name: "Pause" }).click();
    const still = await at();
    await page.getByRole("button", { name: "Back 10 seconds" }).click();
    expect(Math.abs((await at()) - (still - 10)) <= 1, `${await at()} after a step back from ${still}`);
    await page.locator("body").press("Shift+ArrowRight");
    expect(Math.abs((await at()) - still) <= 1, `${await at()} after a step forward`);
    await page.getByRole("combobox", { name: /^Speed/ }).selectOption("8");
    await page.getByRole("button", { name: "Play" }).click();
    await until(at, (now) => now > still + 5, "seconds after it was played");
    await page.locator(".moment").click();
    await page.locator("body").press(" ");
    await page.getByRole("button", { name: "Play" }).waitFor();
    await page.screenshot({ path: join(folder, "replay.png") });
    await page.getByRole("button", { name: "Table" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".trace-table tbody tr").length > 2);
    expect(/^\?run=[0-9a-f]{8}&t=\d+$/.test(new URL(page.url()).search), page.url());
    await leave();
  },

  async songs({ idle }) {
    const { page, leave } = await visit(idle, { path: "/songs" });
    await page.getByText("Nobody listens yet").waitFor();
    await page.getByRole("spinbutton", { name: "Plays a minute" }).fill("60000");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await badge(page, "live");
    const rows = page.locator(".chart-list li");
    await until(() => rows.count(), (count) => count === 20, "songs in the chart");
    const ranks = await page.locator(".chart-list .rank").allInnerTexts();
    expect(ranks.join() === Array.from({ length: 20 }, (_, i) => i + 1).join(), `ranks: ${ranks}`);
    const plays = (await page.locator(".plays .num:not(.people)").allInnerTexts()).map((text) => Number(text.replace(/\D/g, "")));
    expect(plays.every((count, i) => i === 0 || count <= plays[i - 1]), `plays: ${plays}`);
    await page.screenshot({ path: join(folder, "songs.png") });
    const genre = await page.locator(".chart-list .genre").first().innerText();
    await page.getByRole("combobox", { name: /^Genre/ }).selectOption(genre);
    await page.waitForFunction((wanted) => [...document.querySelectorAll(".chart-list .genre")].every((cell) => cell.innerText === wanted), genre);
    await page.getByRole("button", { name: "5 minutes" }).click();
    await page.getByRole("combobox", { name: /^Country/ }).selectOption("US");
    expect(new URL(page.url()).search === "?window=5m&country=US", page.url());
    await page.getByRole("button", { name: "Stop" }).click();
    await badge(page, "stopped");
    await leave();
  },

  /** A race that an earlier process stored. */
  async stored_race() {
    const store = ["--db", `sqlite:${join(folder, "races.db")}`];
    const first = await fastRace(...store);
    await ended(first);
    await end(first);
    const second = await serve(0, "--scenario", "race", ...store);
    const { page, leave } = await visit(second, { path: "/analysis" });
    await page.locator(".lap-table tbody tr").nth(3).waitFor();
    for (const of of [".overlay", ".gear-map"]) await drawn(page, of);
    await page.goto(`${second.url}/replay`);
    await page.waitForFunction(() => document.querySelectorAll(".tower tbody tr").length === 20);
    await drawn(page, ".track");
    await until(() => page.locator(".tower .tyre").count(), (count) => count >= 15, "tyres");
    await leave();
    await end(second);
  },
};
