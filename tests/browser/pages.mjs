// Drives the pages in Chromium against a real `racesim serve`, and prints for each check one line:
//   {"check": name, "ok": true|false, "detail": text}
// Usage: node pages.mjs RACESIM NODE_MODULES FOLDER [CHECK…]    screenshots are put into FOLDER
import { availableParallelism } from "node:os";
import { checks as all } from "./all_pages_checks.mjs";
import { checks as fleet } from "./fleet_checks.mjs";
import { browser, end, inCheck, only, serve } from "./harness.mjs";
import { checks as race } from "./race_checks.mjs";
import { checks as recorded, fastRace } from "./recorded_checks.mjs";
import { checks as service } from "./service_checks.mjs";

/** Maps and canvases are drawn by the processors too: on two of them checks that share the browser hold each other up. The long
    ones begin first. */
const AT_ONCE = Math.max(1, Math.floor(availableParallelism() / 2));
const checks = Object.entries({ ...all, ...recorded, ...fleet, ...race, ...service })
  .filter(([name]) => only.length === 0 || only.includes(name));
const shared = {};

async function run([name, check]) {
  const begin = Date.now();
  const failed = (error) => ({ check: name, ok: false, detail: String(error.message) });
  const line = await inCheck(name, async () => ({ check: name, ok: true, detail: (await check(shared)) ?? "" }), failed);
  line.seconds = (Date.now() - begin) / 1000;
  console.log(JSON.stringify(line));
}

async function runSome() {
  for (let next = checks.shift(); next !== undefined; next = checks.shift()) await run(next);
}

try {
  [shared.server, shared.idle, shared.race, shared.recorded] = await Promise.all([
    serve(0, "--vehicles", "6", "--speed", "30", "--autostart"),
    serve(0),
    serve(0, "--scenario", "race", "--at", "5m", "--autostart"),
    fastRace(),
  ]);
  await Promise.all(Array.from({ length: AT_ONCE }, runSome));
} finally {
  await browser.close();
  await Promise.all(Object.values(shared).map((server) => end(server)));
}
process.exit();
