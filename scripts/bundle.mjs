// SPDX-License-Identifier: Apache-2.0
// Run in a package's folder, after `tsc -b` has written its declarations: writes one JavaScript file for each entry
// point of its package.json, with what they share in chunks. Node then opens a few files instead of hundreds, which
// is most of what a short build takes (docs/decisions). What a package depends on stays an import; a program, which
// has a `bin`, takes what it is only developed with into the bundle, and tells its licences.
import { readFile, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import path from "node:path";
import { rolldown } from "rolldown";
import { asciiOutput } from "./lib/ascii-output.mjs";
import { textImports } from "./lib/text-imports.mjs";
import { formatNotices } from "./lib/third-party-notices.mjs";

/** The oldest Node that the packages run on. */
const TARGET = "node20.19";
/** Where rolldown has what that Node needs for `using` and the like; it becomes part of the bundle. */
const HELPERS = "@oxc-project/runtime/";
/** What calls that a build does without need. */
const CONNECT =
  /[\\/]@connectrpc[\\/]|[\\/]@bufbuild[\\/]protobuf[\\/]dist[\\/]esm[\\/](?!wire[\\/])|[\\/]transport[\\/]dist[\\/]connect\.js$/;
/**
 * What a build of a cached context does without stays out of the file that most commands load: a chunk is parsed and run
 * as a whole. Siblings come as their own bundles, whose chunks are named after the module that is imported later.
 */
const SELDOM_LOADED = [
  CONNECT,
  // Messages with descriptors.
  /[\\/]proto[\\/]dist[\\/](?!control-codec\.js$)/,
  // Patterns that are regular expressions.
  /[\\/]re2js[\\/]/,
  // OCI layout directories.
  /[\\/]session[\\/]dist[\\/]chunks[\\/]content-calls-/,
  /[\\/](?:tar-stream|streamx|events-universal|text-decoder|fast-fifo|b4a)[\\/]/,
  /[\\/]progress[\\/]dist[\\/]report/,
  /(?:write|history)-report\.ts$/,
  /[\\/]completion[\\/]/,
];

/** A program answers `--version` with the first alone. What most commands load is quicker from one file. */
const PROGRAM_CHUNKS = [
  { name: "version", test: /[\\/]src[\\/]version\.ts$/, priority: 3 },
  {
    name: "start",
    test: /[\\/]src[\\/](?:start|interrupt|compile-cache|code-cache|code-file)\.ts$/,
    priority: 2,
  },
  // Before the next, for a group takes along what its modules import.
  { name: "program", test: isLoadedByMost, priority: 1 },
  { name: "connect", test: CONNECT },
];

/** What stands for a global in a program, in a module of its own. */
const PROGRAM_GLOBALS = { Headers: [path.resolve("src/bundled/headers.ts"), "Headers"] };

const {
  name: self,
  exports = {},
  bin = {},
  dependencies = {},
  devDependencies = {},
} = JSON.parse(await readFile("package.json", "utf8"));
const isProgram = Object.keys(bin).length > 0;
const outputs = [...Object.values(exports).map((entry) => entry.default), ...Object.values(bin)];
const entries = outputs
  .filter((file) => /\.c?js$/.test(file ?? ""))
  .map((file) => path.relative("dist", file).replace(/\.c?js$/, ""));

await rm("dist/chunks", { recursive: true, force: true });
const bundle = await rolldown({
  input: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
  external: isExternal,
  plugins: [textImports(), isProgram && asciiOutput()],
  platform: "node",
  // What is imported at once here and later there comes at once: that is meant, where it is one file.
  onLog: (level, log, next) => log.code !== "INEFFECTIVE_DYNAMIC_IMPORT" && next(level, log),
  transform: { target: TARGET, ...(isProgram && { inject: PROGRAM_GLOBALS }) },
  tsconfig: false,
});
const { output } = await bundle.write({
  dir: "dist",
  // Node loads CommonJS in one go, and modules in several turns of its event loop.
  format: isProgram ? "cjs" : "esm",
  entryFileNames: isProgram ? "[name].cjs" : "[name].js",
  // The version is read from the package.json beside dist.
  chunkFileNames: ({ name }) =>
    name === "version" ? "version.cjs" : `chunks/[name]-[hash]${isProgram ? ".cjs" : ".js"}`,
  sourcemap: !isProgram,
  // Code that was compiled before can `require` alone (packages/cli/src/code-cache.ts).
  ...(isProgram && { dynamicImportInCjs: false, minify: true, codeSplitting: { groups: PROGRAM_CHUNKS } }),
});
await bundle.close();
if (isProgram) {
  const moduleIds = output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : []));
  await writeFile("dist/THIRD-PARTY-NOTICES.txt", await formatNotices(moduleIds));
}

function isExternal(id, importer = "") {
  if (id.startsWith(".") || path.isAbsolute(id) || id.startsWith(HELPERS)) return false;
  if (isBuiltin(id) || isNamedIn(dependencies, id)) return true;
  // What the packages inside the bundle import is their matter.
  if (isProgram && (isNamedIn(devDependencies, id) || path.relative("src", importer).startsWith("..")))
    return false;
  throw new Error(`${self} imports ${id}, which is none of its dependencies`);
}

function isNamedIn(packages, id) {
  return Object.keys(packages).some((name) => id === name || id.startsWith(`${name}/`));
}

function isLoadedByMost(id) {
  return !id.endsWith("main.ts") && !SELDOM_LOADED.some((pattern) => pattern.test(id));
}
