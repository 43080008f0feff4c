import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

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
  },
  worker: { format: "es" },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
});
