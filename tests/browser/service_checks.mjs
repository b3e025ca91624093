// The pages that show the service itself: the pipeline and its interfaces.
import { join } from "node:path";
import { VERDICT } from "./all_pages_checks.mjs";
import { badge, expect, folder, until, visit } from "./harness.mjs";
import { ended } from "./recorded_checks.mjs";

export const checks = {
  async pipeline({ race, idle }) {
    const { page, leave } = await visit(race, { path: "/pipeline" });
    await badge(page, "running");
    const stages = page.locator(".stage h3");
    await stages.filter({ hasText: "simulation" }).first().waitFor();
    await stages.filter({ hasText: "live" }).first().waitFor();
    const made = async () => Number((await page.locator(".totals .big").nth(1).innerText()).replace(/\D/g, ""));
    const before = await made();
    await until(made, (count) => count > before, `events made, beyond ${before}`);
    await page.locator(".rate polyline").first().waitFor();
    await page.locator(".lag .bar").first().waitFor();
    expect((await page.locator(".counts .bad").count()) === 0, "something is shown as failed");
    await page.getByText("They are compared when the run has ended.").waitFor();
    await page.screenshot({ path: join(folder, "pipeline.png") });
    await leave();
  },

  async stages_compared({ recorded }) {
    await ended(recorded);
    const { page, leave } = await visit(recorded, { path: "/pipeline", answers: VERDICT });
    await page.locator(".verify tbody tr").nth(3).waitFor();
    const rows = await page.locator(".verify tbody tr").allInnerTexts();
    const told = rows.map((row) => row.split(/\s*[\n\t]\s*/).filter((cell) => cell !== "").join("|"));
    const expected = ["simulation|agrees|38\u202f400|38\u202f400|0|0|by their number and content",
                      "live|events missing|38\u202f400|38\u202f398|2|0", "processing|events too many|38\u202f400|38\u202f401|0|1",
                      "store|not known|38\u202f400|–|–|–|this run has no store"];
    expect(told.join("; ") === expected.join("; "), told.join("; "));
    await page.getByRole("button", { name: "Compare again" }).click();
    await page.locator(".verify tbody tr").nth(3).waitFor();
    await leave();
  },

  async api_try_it({ race }) {
    const { page, leave } = await visit(race, { path: "/api" });
    await page.getByRole("button", { name: "GET /telemetry/recent" }).click();
    const limit = page.getByRole("textbox", { name: /^limit/ });
    await limit.fill("3");
    expect((await page.locator(".curl").innerText()).endsWith("/telemetry/recent?limit=3'"), await page.locator(".curl").innerText());
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator(".answer-head strong", { hasText: "200" }).waitFor();
    const { items } = JSON.parse(await page.locator("pre.answer").innerText());
    expect(items.length === 3 && items.every((item) => "speed_kmh" in item), JSON.stringify(items).slice(0, 200));
    await page.screenshot({ path: join(folder, "api.png") });
    await page.reload();
    await page.getByRole("heading", { name: "GET /telemetry/recent" }).waitFor(); // the address keeps it
    await leave();
  },

  async graphql_explorer({ recorded }) {
    const { page, leave } = await visit(recorded, { path: "/api#graphql", calm: false }); // a wrong query is answered with 400
    await page.getByRole("heading", { name: "Schema" }).waitFor();
    await page.locator("#type-Query").waitFor();
    const examples = page.getByRole("combobox", { name: /^Example/ });
    const names = await examples.locator("option").allInnerTexts();
    for (let i = 0; i < names.length; i++) {
      await examples.selectOption(String(i));
      await page.getByRole("button", { name: "Run" }).click();
      const answer = await until(() => page.locator("pre.answer").innerText(), (text) => text !== "", `an answer for ${names[i]}`);
      expect(!answer.includes('"errors"') && answer.includes('"data"'), `${names[i]}: ${answer.slice(0, 300)}`);
      if (names[i] === "follow the order") {
        await page.getByRole("button", { name: "Stop" }).click();
        await page.getByRole("button", { name: "Run" }).waitFor();
      }
      if (i === 0) await page.screenshot({ path: join(folder, "graphql.png") });
    }
    await page.getByRole("textbox", { name: "Query" }).fill("{ nothing }");
    await page.getByRole("textbox", { name: "Query" }).press("Control+Enter");
    await until(() => page.locator("pre.answer").innerText(), (text) => text.includes("nothing"), "the error of a wrong query");
    await page.getByRole("searchbox").fill("violation");
    await page.locator("#type-Violation").waitFor();
    await page.locator("#type-LagPart").waitFor({ state: "detached" });
    await leave();
  },
};
