// Every page.
import { join } from "node:path";
import { axe, badge, expect, folder, visit } from "./harness.mjs";

export const checks = {
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
};
