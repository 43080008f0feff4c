import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The shell, the shared components and the start page, but what is only loaded when somebody asks for it. */
const FIRST_LOAD =
  /[\\/]web[\\/]src[\\/](?:app|api|components|pages[\\/]home)[\\/](?!palette|menu-dialog|search-results|drawn-chart|dialog|tabs)/;

// Vite wants a default export.
export default defineConfig({
  root: folder("web"),
  plugins: [react(), tailwindcss()],
  build: {
    outDir: folder("dist"),
    emptyOutDir: true,
    target: "es2023",
    // The Content-Security-Policy allows files of ours and nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What every page needs, and the start page, in one file: dozens of small ones cost a phone seconds.
          groups: [{ name: "app", test: FIRST_LOAD }],
        },
      },
    },
  },
  worker: { format: "es" },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
});
