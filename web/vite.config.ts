// Pages are NAME.html here; web/dist is committed, and becomes part of the program (see HACKING.md).
import { defineConfig } from "vite";

const PAGES = ["index", "replay", "analysis", "dashboard", "songs", "pipeline", "api"];

export default defineConfig({
  base: "/assets/",
  publicDir: false,
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    target: "es2022",
    assetsDir: "",
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: { input: Object.fromEntries(PAGES.map((name) => [name, `${name}.html`])) },
  },
});
