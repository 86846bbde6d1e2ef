// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import path from "node:path";
import { rolldown } from "rolldown";

const SUFFIX = "?text";
/** Of the names of the modules: what Vite takes for a style sheet or a script, it would change. */
const MODULE_SUFFIX = ".as-text";

/**
 * A plugin of rolldown and of Vite, for what a page holds: `import style from "./page.css?text"` gives the text of the
 * file; of a style sheet with what it imports, and of a `.ts` file as one script for browsers with what that imports.
 */
export function textImports() {
  return {
    name: "text-imports",
    // Before Vite takes the names for those of a script and a style sheet.
    enforce: "pre",
    resolveId(id, importer) {
      if (!id.endsWith(SUFFIX) || importer === undefined) return undefined;
      return path.resolve(path.dirname(importer), id.slice(0, -SUFFIX.length)) + MODULE_SUFFIX;
    },
    async load(id) {
      if (!id.endsWith(MODULE_SUFFIX)) return undefined;
      const file = id.slice(0, -MODULE_SUFFIX.length);
      const text = await readText(file);
      return { code: `export default ${JSON.stringify(text)};`, moduleType: "js" };
    },
  };
}

async function readText(file) {
  if (file.endsWith(".ts")) return await bundleScript(file);
  return file.endsWith(".css") ? await joinStyles(file) : await readFile(file, "utf8");
}

/** A file with those of its rules `@import "./other.css";` in their place. */
async function joinStyles(file) {
  const pieces = (await readFile(file, "utf8")).split(/^@import "(.+)";$/m);
  const texts = pieces.map((piece, at) =>
    at % 2 === 0 ? piece : joinStyles(path.resolve(path.dirname(file), piece)),
  );
  return (await Promise.all(texts)).join("");
}

async function bundleScript(file) {
  const bundle = await rolldown({ input: file, platform: "browser", tsconfig: false });
  const { output } = await bundle.generate({ format: "iife", codeSplitting: false });
  await bundle.close();
  return output[0].code;
}
