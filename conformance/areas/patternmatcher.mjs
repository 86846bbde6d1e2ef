// SPDX-License-Identifier: Apache-2.0
import {
  cleanPath,
  compilePatterns,
  matchesOrParentMatches,
  matchesUsingParent,
  parseIgnoreFile,
} from "@bk/session/filesync";
import { bytesOf, bytesOfAll } from "../lib/bytes.mjs";
import { expectEqual, expectError } from "../lib/expect.mjs";
import { checkKeys } from "../lib/keys.mjs";

/** Patterns of .dockerignore: matching, and reading the file. */
export const patternmatcher = {
  fileKeys: [],
  prepare: async () => ({ run: runCase }),
};

async function runCase(vector) {
  switch (vector.kind) {
    case "match":
      return runMatch(vector);
    case "pkg":
      return runPackageFunction(vector);
    case "ignorefile":
      return runIgnoreFile(vector);
    default:
      throw new Error(`the runner does not know the kind ${vector.kind}`);
  }
}

async function runMatch(vector) {
  checkKeys(vector.id, vector, ["id", "kind", "group", "patterns", "compiled", "paths", "error"]);
  const compile = () => compilePatterns(bytesOfAll(vector.patterns) ?? []);
  if (vector.error !== undefined) return expectError("compile", vector.error, compile);
  const compiled = (await compile()).patterns.map(({ text, exclusion }) => ({ pattern: text, exclusion }));
  if (vector.compiled) {
    const want = vector.compiled.map((row) => ({ ...row, pattern: bytesOf(row.pattern) }));
    expectEqual("compiled", compiled, want);
  }
  if (!vector.paths && !vector.compiled) throw new Error("the case has neither paths nor an error");
  for (const row of vector.paths ?? []) await checkPath(await compile(), row);
}

async function checkPath(matcher, row) {
  checkKeys("path row", row, ["path", "match", "error", "chain", "info"]);
  const path = bytesOf(row.path);
  const match = () => matchesOrParentMatches(matcher, path);
  if (row.error === undefined) expectEqual(`match of ${path}`, match(), row.match);
  else await expectError(`match of ${path}`, row.error, match);
  const { chain, info } = matchChain(matcher, path);
  if (row.chain) expectEqual(`chain of ${path}`, chain, row.chain);
  if (row.info) expectEqual(`info of ${path}`, info, row.info);
}

/** Matches every leading part of the path with what came out for the part before it. */
function matchChain(matcher, path) {
  const names = path.split("/");
  const chain = [];
  const info = [];
  try {
    for (const end of names.keys()) {
      const next = [];
      chain.push(matchesUsingParent(matcher, names.slice(0, end + 1).join("/"), info.at(-1) ?? [], next));
      info.push(next);
    }
  } catch (error) {
    chain.push({ error: error.message });
  }
  return { chain, info };
}

async function runPackageFunction(vector) {
  checkKeys(vector.id, vector, ["id", "kind", "group", "patterns", "file", "match", "error"]);
  const match = async () => {
    const matcher = await compilePatterns(bytesOfAll(vector.patterns) ?? []);
    const file = cleanPath(bytesOf(vector.file));
    return file !== "." && matchesOrParentMatches(matcher, file);
  };
  if (vector.error !== undefined) return expectError("match", vector.error, match);
  expectEqual("match", await match(), vector.match);
}

async function runIgnoreFile(vector) {
  checkKeys(vector.id, vector, [
    "id",
    "kind",
    "group",
    "text",
    "text_repeat",
    "patterns",
    "pattern_lengths",
    "error",
  ]);
  const text = vector.text_repeat
    ? vector.text_repeat.map(([part, count]) => bytesOf(part).repeat(count)).join("")
    : bytesOf(vector.text);
  const read = () => parseIgnoreFile(text);
  if (vector.error !== undefined) return expectError("read", vector.error, read);
  const patterns = read();
  if (!vector.patterns && !vector.pattern_lengths)
    throw new Error("the case has neither patterns nor an error");
  if (vector.patterns) expectEqual("patterns", patterns, bytesOfAll(vector.patterns));
  if (vector.pattern_lengths) {
    expectEqual(
      "pattern lengths",
      patterns.map((pattern) => pattern.length),
      vector.pattern_lengths,
    );
  }
}
