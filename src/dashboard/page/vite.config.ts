import { defineConfig } from "vite";

/** Everything is a file of its own, so that the page's policy needs no exception for inline code or style. */
export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  publicDir: false,
  build: {
    outDir: new URL("../../../dist/page", import.meta.url).pathname,
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: false,
  },
});
