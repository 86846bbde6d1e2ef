// SPDX-License-Identifier: Apache-2.0
// Times the pattern matcher alone: 200,000 paths against 8 patterns, in both ways that a transfer asks it.
import { parseArgs } from "node:util";
import { compilePatterns, matchesOrParentMatches, matchesUsingParent } from "@bk/session/filesync";
import { PATTERN_SETS } from "./lib/pattern-sets.mjs";
import { median } from "./lib/report.mjs";

const USAGE = `Usage: node bench/patterns.mjs [--json]

  --json   print {paths, sets: [{name, walkMs, openMs, matched}]}

"walk" is how a directory is listed: what the patterns did with a directory is kept for its entries. "open" is
how one file is asked for: the path and every directory above it are compared. Medians of the rounds, each with
a matcher of its own.
`;

const BAR_MS = 150;
const ROUNDS = 7;
const DIRS = 10_000;
const NAMES = Array.from({ length: 20 }, (_, n) => `f${n}.${["js", "d.ts", "js.map", "md", "json"][n % 5]}`);

async function main() {
  const { values } = parseArgs({ options: { json: { type: "boolean" }, help: { type: "boolean" } } });
  if (values.help) return void process.stdout.write(USAGE);
  const tree = Array.from({ length: DIRS }, (_, n) => createDirectory(n));
  const sets = [];
  for (const [name, patterns] of Object.entries(PATTERN_SETS)) sets.push(await timeSet(name, patterns, tree));
  const paths = DIRS * NAMES.length;
  if (values.json) return console.log(JSON.stringify({ paths, sets }, undefined, 2));
  for (const { name, walkMs, openMs, matched } of sets)
    console.log(`${name}: walk ${showTime(walkMs)}, open ${showTime(openMs)}, ${matched} of ${paths} match`);
}

/** A directory of a source tree with dependencies, and the paths in it. */
function createDirectory(n) {
  const folder = ["lib", "src", "test", "dist"][n % 4];
  const parents = ["packages", `p${n % 20}`, "node_modules", `m${n % 997}`, folder];
  const directories = parents.map((_, index) => parents.slice(0, index + 1).join("/"));
  return { directories, paths: NAMES.map((name) => `${directories.at(-1)}/${name}`) };
}

async function timeSet(name, patterns, tree) {
  const walks = [];
  const opens = [];
  let matched = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    walks.push(await time(async () => walk(await compilePatterns(patterns), tree)));
    opens.push(await time(async () => (matched = open(await compilePatterns(patterns), tree))));
  }
  return { name, walkMs: median(walks), openMs: median(opens), matched };
}

function walk(matcher, tree) {
  for (const { directories, paths } of tree) {
    let parent = [];
    for (const directory of directories) {
      const info = [];
      matchesUsingParent(matcher, directory, parent, info);
      parent = info;
    }
    for (const path of paths) matchesUsingParent(matcher, path, parent);
  }
}

function open(matcher, tree) {
  let matched = 0;
  for (const { paths } of tree)
    for (const path of paths) matched += matchesOrParentMatches(matcher, path) ? 1 : 0;
  return matched;
}

async function time(work) {
  const started = performance.now();
  await work();
  return Math.round(performance.now() - started);
}

function showTime(ms) {
  return `${ms} ms (${ms <= BAR_MS ? "within" : "OVER"} ${BAR_MS} ms)`;
}

await main();
