// SPDX-License-Identifier: Apache-2.0
// The static checks: one line each, details only of those that fail.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { findLayerProblems } from "./check-layers.mjs";
import { findHeaderProblems } from "./checks/headers.mjs";
import { findMachinePaths } from "./checks/machine-paths.mjs";
import { formatSeconds, run } from "./lib/run.mjs";
import { localBin, readPackages } from "./lib/workspace.mjs";

/** A check that is one program; what it prints counts only when it fails. */
function program(name, bin, args, options) {
  return {
    name,
    problems: async () => {
      const { code, output } = await run(localBin(bin), args, options);
      return code === 0 ? [] : [output];
    },
  };
}

function lines(name, find) {
  return { name, problems: async () => find() };
}

/** One program over every package that is published; the packages' results are put together. */
function eachPublicPackage(name, bin, args) {
  return {
    name,
    problems: async () => {
      const problems = [];
      for (const { dir, manifest } of readPackages()) {
        // A package without an entry point, such as a bare command, has no types to resolve.
        if (
          manifest.private ||
          (bin === "attw" && manifest.exports?.["."] === undefined && !hasSubpaths(manifest))
        ) {
          continue;
        }
        const { code, output } = await run(localBin(bin), args(dir), { cwd: dir });
        if (code !== 0) problems.push(`${manifest.name}:\n${output}`);
      }
      return problems;
    },
  };
}

function hasSubpaths(manifest) {
  return Object.keys(manifest.exports ?? {}).some((subpath) => subpath !== "./package.json");
}

const checks = [
  program("format and lint (biome)", "biome", ["check", "--error-on-warnings", "."]),
  program("promise rules (oxlint)", "oxlint", ["--type-aware"]),
  program("types of tests and examples (tsc)", "tsc", ["-p", "tsconfig.test.json"]),
  lines("layers", findLayerProblems),
  lines("licence headers", findHeaderProblems),
  lines("no paths of one machine", findMachinePaths),
  program("protobuf style (buf lint)", "buf", ["lint"]),
  eachPublicPackage("package contents (publint)", "publint", () => ["--strict", "--pack", "npm"]),
  eachPublicPackage("types as users see them (attw)", "attw", () => ["--pack", ".", "--profile", "esm-only"]),
];

/** Runs every check. Returns how many passed and failed. */
export async function runChecks() {
  const totals = { passed: 0, failed: 0 };
  for (const check of checks) {
    const startedAt = performance.now();
    const problems = await check.problems();
    const took = formatSeconds(performance.now() - startedAt);
    if (problems.length === 0) totals.passed += 1;
    else totals.failed += 1;
    console.log(`check ${check.name}: ${problems.length === 0 ? "ok" : "failed"} (${took})`);
    for (const problem of problems) console.log(problem.trimEnd().replace(/^/gm, "  "));
  }
  return totals;
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = (await runChecks()).failed === 0 ? 0 : 1;
}
