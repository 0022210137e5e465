import { defineConfig } from "vitest/config";

/** Three projects: `unit` needs nothing, `recordings` needs SPIKELINE_DATA, `browser` needs a Chromium. */
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/recordings/**", "test/browser/**", "**/node_modules/**"],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: { name: "recordings", include: ["test/recordings/**/*.test.ts"], testTimeout: 120_000 },
      },
      {
        extends: true,
        test: { name: "browser", include: ["test/browser/**/*.test.ts"], testTimeout: 120_000 },
      },
    ],
  },
});
