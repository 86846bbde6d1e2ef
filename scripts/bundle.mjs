// SPDX-License-Identifier: Apache-2.0
// Run in a package's folder, after `tsc -b` has written its declarations: writes one JavaScript file for each entry
// point of its package.json, with what they share in chunks. Node then opens a few files instead of hundreds, which
// is most of what a short build takes (docs/decisions). Other packages stay imports.
import { readFile, rm } from "node:fs/promises";
import { isBuiltin } from "node:module";
import path from "node:path";
import { rolldown } from "rolldown";
import { textImports } from "./lib/text-imports.mjs";

/** The oldest Node that the packages run on. */
const TARGET = "node20.19";
/** Where rolldown has what that Node needs for `using` and the like; it becomes part of the bundle. */
const HELPERS = "@oxc-project/runtime/";

const {
  name: self,
  exports = {},
  bin = {},
  dependencies = {},
} = JSON.parse(await readFile("package.json", "utf8"));
const outputs = [...Object.values(exports).map((entry) => entry.default), ...Object.values(bin)];
const entries = outputs
  .filter((file) => file?.endsWith(".js"))
  .map((file) => path.relative("dist", file).replace(/\.js$/, ""));

await rm("dist/chunks", { recursive: true, force: true });
const bundle = await rolldown({
  input: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
  external: isExternal,
  plugins: [textImports()],
  platform: "node",
  transform: { target: TARGET },
  tsconfig: false,
});
await bundle.write({
  dir: "dist",
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name]-[hash].js",
  sourcemap: true,
});
await bundle.close();

function isExternal(id) {
  if (id.startsWith(".") || path.isAbsolute(id) || id.startsWith(HELPERS)) return false;
  if (!isBuiltin(id) && !Object.keys(dependencies).some((name) => id === name || id.startsWith(`${name}/`))) {
    throw new Error(`${self} imports ${id}, which is none of its dependencies`);
  }
  return true;
}
