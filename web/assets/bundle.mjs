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
  loader: { ".png": "file", ".woff": "file", ".woff2": "file", ".ttf": "file", ".eot": "file", ".svg": "file" },
  logLevel: "warning",
});

// The designer: a small workbench that loads an editor only when a file of its kind is opened.
const editors = {
  outdir: "../static/dist/editors",
  bundle: true,
  splitting: true,
  minify: true,
  sourcemap: true,
  format: "esm",
  target: "es2022",
  loader: { ".png": "file", ".woff": "file", ".woff2": "file", ".ttf": "file", ".eot": "file", ".svg": "file" },
  logLevel: "warning",
};
await build({ ...editors, entryPoints: ["workbench", "diagram", "decision", "compare"].map((name) => `editors/${name}.js`) });

// The page of grid workers: one file with what it needs, which the phone keeps for when there is no network.
await build({ ...editors, splitting: false, outdir: "../static/dist", entryPoints: ["patrol/page.js"], entryNames: "patrol" });

// The command centre: the map, and apart from it the charts, which are large.
const centre = { centre: "centre/page.js", figures: "centre/figures.js" };
await build({ ...editors, splitting: false, outdir: "../static/dist", entryPoints: centre });

// form-js asks for an older preact than the others; all its parts must share that one, or hooks find no component.
const onePreact = {
  name: "one-preact",
  setup(bundle) {
    bundle.onResolve({ filter: /^preact(\/|$)/ }, ({ path, kind, pluginData }) =>
      pluginData ? undefined : bundle.resolve(path, { kind, resolveDir: "node_modules/@bpmn-io/form-js-editor", pluginData: true }),
    );
  },
};
await build({ ...editors, entryPoints: ["editors/form.js"], plugins: [onePreact] });

// Documents print Chinese with these two; the system's own fonts are used where they have an official face.
const fonts = "node_modules/@expo-google-fonts/noto-serif-sc";
for (const face of ["400Regular", "700Bold"]) {
  const file = `NotoSerifSC_${face}.ttf`;
  await cp(`${fonts}/${face}/${file}`, `../static/dist/fonts/${file}`);
}
await cp(`${fonts}/LICENSE_FONT`, "../static/dist/fonts/LICENSE");
