import { defineConfig } from "vite";

const here = (path: string) => new URL(path, import.meta.url).pathname;

export default defineConfig({
  root: here("."),
  // The page works under any path, and behind a proxy.
  base: "./",
  resolve: {
    alias: {
      // They compile code at run time, which the page's security policy forbids. H5Web imports them for parts
      // that the page does not use.
      ndarray: here("no-ndarray.ts"),
      "ndarray-ops": here("no-ndarray.ts"),
    },
  },
  build: {
    outDir: here("../../dist/page"),
    emptyOutDir: true,
    // The policy allows data: URLs only for images, and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
  },
});
