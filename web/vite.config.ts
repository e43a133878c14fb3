import preact from "@preact/preset-vite";
import { defineConfig } from "vitest/config";
import { ahead } from "./ahead.ts";
import { budget } from "./budget.ts";
import { languages } from "./languages.ts";
import { packed } from "./packed.ts";

const control = process.env.STAGEDOOR_CONTROL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [languages(), preact(), ahead(), budget("guest.html", 60_000), packed()],
  base: "/",
  build: {
    outDir: "../src/stagedoor/control/static",
    emptyOutDir: true,
    target: "es2022",
    assetsDir: "assets",
    sourcemap: false,
    // Every browser that can join has it.
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: ["guest.html", "switcher.html"],
      // What comes before a page knows its language is one file, so that what comes after begins soon.
      output: {
        codeSplitting: {
          groups: [
            {
              name: "base",
              test: /\?spoken$|\/src\/(language|opening|state\/format|client\/keeping)\.ts$|preload-helper/,
            },
          ],
        },
      },
      // On a busy machine it would tell whoever starts this the first time how long parts of the build took.
      checks: { pluginTimings: false },
    },
  },
  server: {
    proxy: {
      "/api": { target: control, ws: true },
      "/live": control,
      "/whep": control,
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    passWithNoTests: true,
  },
});
