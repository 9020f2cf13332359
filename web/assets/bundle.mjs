// Bundles every entry beside this file into ../static/dist, minified, with source maps.
import { cp } from "node:fs/promises";
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

// Documents print Chinese with these two; the system's own fonts are used where they have an official face.
const fonts = "node_modules/@expo-google-fonts/noto-serif-sc";
for (const face of ["400Regular", "700Bold"]) {
  const file = `NotoSerifSC_${face}.ttf`;
  await cp(`${fonts}/${face}/${file}`, `../static/dist/fonts/${file}`);
}
await cp(`${fonts}/LICENSE_FONT`, "../static/dist/fonts/LICENSE");
