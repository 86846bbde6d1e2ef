// SPDX-License-Identifier: Apache-2.0
import {
  allowsOpen,
  createDiskSource,
  createDiskTree,
  followLinks,
  isDirectory,
  isHardLink,
  isRegularFile,
  isSymlink,
} from "@bk/session/filesync";
import { bytesOf, bytesOfAll } from "../lib/bytes.mjs";
import { expectEqual, expectError } from "../lib/expect.mjs";
import { checkKeys } from "../lib/keys.mjs";
import { writeTrees } from "../lib/tree.mjs";

/** What of a directory is sent, in which order, for which patterns. Runs on disk. */
export const filterwalk = {
  fileKeys: ["trees"],
  async prepare(vectors) {
    const trees = await writeTrees(vectors.trees);
    return {
      run: (vector) => runCase(vector, trees.get(vector.tree), vectors.trees[vector.tree]),
      close: () => trees.remove(),
    };
  },
};

const KEYS = ["id", "group", "tree", "include", "exclude", "followpaths"];
const RESULTS = ["error", "walk_error", "walk", "send_walk", "follow", "open_denied"];

async function runCase(vector, dir, entries) {
  checkKeys(vector.id, vector, [...KEYS, ...RESULTS]);
  const source = createDiskSource(dir);
  const followPaths = bytesOfAll(vector.followpaths);
  if (vector.follow !== undefined) {
    const followed = await followLinks(createDiskTree(dir), followPaths ?? []);
    expectEqual("follow", followed ?? null, bytesOfAll(vector.follow ?? undefined) ?? null);
  }
  const resolve = () =>
    source.resolveFilter({
      includePatterns: bytesOfAll(vector.include),
      excludePatterns: bytesOfAll(vector.exclude),
      followPaths,
    });
  if (vector.error !== undefined) return expectError("filter", vector.error, resolve);
  const filter = await resolve();
  await checkWalk(source, filter, vector);
  if (vector.open_denied) checkDenied(filter, vector.open_denied, entries);
}

async function checkWalk(source, filter, vector) {
  const rows = [];
  const walk = async () => {
    for await (const batch of source.walk(filter)) rows.push(...batch.map(toRow));
  };
  if (vector.walk_error === undefined) await walk();
  else await expectError("walk", vector.walk_error, walk);
  // A walk of ours never names a link's target that it did not send, as fsutil makes sure of when it sends.
  const want = vector.send_walk ?? vector.walk;
  expectEqual(
    "walk",
    rows,
    want.map(([path, ...rest]) => [bytesOf(path), rest[0], ...rest.slice(1).map(bytesOf)]),
  );
}

function toRow(stat) {
  if (isDirectory(stat)) return [stat.path, "dir"];
  if (isSymlink(stat)) return [stat.path, "symlink", stat.linkname];
  if (isHardLink(stat)) return [stat.path, "hardlink", stat.linkname];
  return [stat.path, isRegularFile(stat) ? "file" : "special"];
}

function checkDenied(filter, want, entries) {
  const files = entries.filter((entry) => entry.type === "file").map((entry) => bytesOf(entry.path));
  const denied = files.filter((path) => {
    try {
      return !allowsOpen(filter, path);
    } catch {
      return true;
    }
  });
  expectEqual("open denied", denied.sort(), bytesOfAll(want).sort());
}
