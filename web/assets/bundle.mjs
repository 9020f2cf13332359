// Bundles every entry beside this file into ../static/dist, minified, with source maps.
import { build } from "esbuild";

await build({
  entryPoints: ["viewer.js"],
  outdir: "../static/dist",
  bundle: true,
  minify: true,
  sourcemap: true,
  format: "iife",
  target: "es2022",
  loader: { ".woff": "file", ".woff2": "file", ".ttf": "file", ".eot": "file", ".svg": "file" },
  logLevel: "warning",
});
