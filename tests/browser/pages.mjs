// Drives the pages in Chromium against a real `racesim serve`, and prints for each check one line:
//   {"check": name, "ok": true|false, "detail": text}
// Usage: node pages.mjs RACESIM NODE_MODULES FOLDER [CHECK…]    screenshots are put into FOLDER
import { checks as all } from "./all_pages_checks.mjs";
import { checks as fleet } from "./fleet_checks.mjs";
import { browser, end, only, serve, showFailure } from "./harness.mjs";
import { checks as race } from "./race_checks.mjs";
import { checks as recorded, fastRace } from "./recorded_checks.mjs";
import { checks as service } from "./service_checks.mjs";

const checks = { ...fleet, ...race, ...recorded, ...service, ...all };
const shared = {};
try {
  shared.server = await serve(0, "--vehicles", "6", "--speed", "30", "--autostart");
  shared.idle = await serve(0);
  shared.race = await serve(0, "--scenario", "race", "--at", "5m", "--autostart");
  shared.recorded = await fastRace();
  for (const [name, check] of Object.entries(checks)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const begin = Date.now();
    let line = { check: name, ok: true, detail: "" };
    try {
      line.detail = (await check(shared)) ?? "";
    } catch (error) {
      line = { check: name, ok: false, detail: String(error.message) };
      await showFailure(name);
    }
    line.seconds = (Date.now() - begin) / 1000;
    console.log(JSON.stringify(line));
  }
} finally {
  await browser.close();
  for (const server of Object.values(shared)) await end(server);
}
process.exit();
