// SPDX-License-Identifier: Apache-2.0
// Imports only point down, and every package names exactly the packages that it imports.
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readPackages, root } from "./lib/workspace.mjs";

/** For each package, the sibling packages that its sources may import. */
const allowed = {
  proto: [],
  transport: ["proto"],
  session: ["proto", "transport"],
  solver: ["proto", "transport", "session"],
  llb: ["proto"],
  progress: ["proto", "transport", "session", "solver"],
  client: ["proto", "transport", "session", "solver", "llb", "progress"],
  cli: ["proto", "transport", "session", "solver", "llb", "progress", "client"],
  // Plays the daemon's side, so that no cycle arises.
  testing: ["proto"],
};

/** Tools that a package runs or that only types need: no import names them. */
const importless = new Set(["@types/node", "typescript", "vitest"]);

const importPattern =
  /(?:^|[^.\w])(?:import|export)\s*(?:[\w*{}\s,$]*?\sfrom\s*)?\(?\s*["']([\w@./:-]+)["']/gm;

/** The module names that a source text imports, in the order of the text. */
export function importsOf(text) {
  const code = text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, "");
  return [...code.matchAll(importPattern)].map((match) => match[1]);
}

/** "@bk/proto/control" -> "@bk/proto", "tar-stream/x.js" -> "tar-stream". */
function packageOf(specifier) {
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
}

function isExternal(specifier) {
  return !specifier.startsWith(".") && !specifier.startsWith("node:") && !builtinModules.includes(specifier);
}

function sourceFiles(dir) {
  let entries;
  try {
    entries = readdirSync(dir, { withFileTypes: true, recursive: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isFile() && /\.(?:ts|mts|js|mjs)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

/** Every external import below `dir`, with the file that has it. */
function externalImports(dir) {
  return sourceFiles(dir).flatMap((file) =>
    importsOf(readFileSync(file, "utf8"))
      .filter(isExternal)
      .map((specifier) => ({ file, specifier, name: packageOf(specifier) })),
  );
}

function deepImportProblems(uses, siblings) {
  return uses.flatMap(({ file, specifier, name }) => {
    const sibling = siblings.get(name);
    if (sibling === undefined) return [];
    const subpath = `.${specifier.slice(name.length)}`;
    if (subpath in (sibling.manifest.exports ?? {})) return [];
    return [`${file}: imports ${specifier}, which ${name} does not export`];
  });
}

function directionProblems(pkg, uses) {
  const below = allowed[pkg.folder];
  if (below === undefined)
    return [`${pkg.dir}: scripts/check-layers.mjs does not know the layer of this package`];
  return uses
    .filter(({ name }) => name.startsWith("@bk/") && name !== pkg.manifest.name)
    .filter(({ name }) => !below.includes(name.slice("@bk/".length)))
    .map(
      ({ file, specifier }) =>
        `${file}: ${pkg.manifest.name} must not import ${specifier}: imports only point down`,
    );
}

/** What an installed dependency wants its user to bring along. */
function peersOf(dir, name) {
  try {
    const manifest = readFileSync(path.join(dir, "node_modules", name, "package.json"), "utf8");
    return Object.keys(JSON.parse(manifest).peerDependencies ?? {});
  } catch {
    return [];
  }
}

function dependencyProblems(pkg, uses, testUses) {
  const manifest = path.join(pkg.dir, "package.json");
  const runtime = new Set([
    ...Object.keys(pkg.manifest.dependencies ?? {}),
    ...Object.keys(pkg.manifest.peerDependencies ?? {}),
  ]);
  const dev = new Set(Object.keys(pkg.manifest.devDependencies ?? {}));
  const own = pkg.manifest.name;
  const used = new Set(uses.map(({ name }) => name));
  const tested = new Set(testUses.map(({ name }) => name));
  const known = (name) => name === own || runtime.has(name);
  // A program has what it is developed with inside its bundle: scripts/bundle.mjs.
  const bundled = (name) => pkg.manifest.bin !== undefined && dev.has(name);
  const peers = new Set(
    [...runtime].filter((name) => used.has(name)).flatMap((name) => peersOf(pkg.dir, name)),
  );
  return [
    ...uses
      .filter(({ name }) => !known(name) && !bundled(name))
      .map(({ file, name }) => `${file}: imports ${name}, which is not in the package's dependencies`),
    ...testUses
      .filter(({ name }) => !known(name) && !dev.has(name))
      .map(({ file, name }) => `${file}: imports ${name}, which is in no list of the package's package.json`),
    ...[...runtime]
      .filter((name) => !used.has(name) && !peers.has(name))
      .map((name) => `${manifest}: nothing in src imports ${name}`),
    ...[...dev]
      .filter((name) => !importless.has(name) && !name.startsWith("@types/"))
      .filter((name) => !used.has(name) && !tested.has(name))
      .map((name) => `${manifest}: no test imports ${name}`),
  ];
}

/** Everything wrong with the packages under `top`, one line each; paths are relative to it. */
export function findLayerProblems(top = root) {
  const packages = readPackages(top);
  const siblings = new Map(packages.map((pkg) => [pkg.manifest.name, pkg]));
  const problems = packages.flatMap((pkg) => {
    const uses = externalImports(path.join(pkg.dir, "src"));
    const testUses = [
      ...externalImports(path.join(pkg.dir, "test")),
      ...externalImports(path.join(pkg.dir, "bench")),
    ];
    return [
      ...directionProblems(pkg, uses),
      ...deepImportProblems([...uses, ...testUses], siblings),
      ...dependencyProblems(pkg, uses, testUses),
    ];
  });
  return problems.map((problem) => problem.replaceAll(`${top}${path.sep}`, ""));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = findLayerProblems();
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
