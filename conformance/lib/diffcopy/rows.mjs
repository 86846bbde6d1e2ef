// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { comparePaths, isDirectory, isSymlink, MODE } from "@bk/session/filesync";
import { bytesOf } from "../bytes.mjs";
import { expectEqual } from "../expect.mjs";
import { checkKeys } from "../keys.mjs";

const KEYS =
  "path type mode content data_text repeat size sha256 linkname same_inode_as uid gid mtime_ns xattrs".split(
    " ",
  );

/**
 * Compares what a target holds with the rows of a vector.
 *
 * @param {import("@bk/session/filesync").MemoryTarget} target
 * @param {readonly any[]} want
 * @param {{ owners: boolean }} options whether the owner is the sender's: an export is the receiver's own
 */
export function expectRows(target, want, { owners }) {
  const entries = target.entries().toSorted((a, b) => comparePaths(a.stat.path, b.stat.path));
  const rows = want.toSorted((a, b) => comparePaths(bytesOf(a.path), bytesOf(b.path)));
  expectEqual(
    "result",
    entries.map(({ stat }) => stat.path),
    rows.map(({ path }) => bytesOf(path)),
  );
  for (const [index, row] of rows.entries()) {
    checkKeys("result row", row, KEYS);
    expectEqual(`result ${row.path}`, describe(entries[index], row, entries, owners), normalize(row));
  }
}

/** An entry in the keys that the vector has of it. */
function describe({ stat, content }, row, entries, owners) {
  const has = (...keys) => keys.some((key) => row[key] !== undefined);
  const first = entries.find((entry) => entry.content === content);
  return {
    path: stat.path,
    type: typeOf(stat, content),
    mode: isSymlink(stat) ? undefined : octalMode(stat.mode),
    linkname: isSymlink(stat) ? stat.linkname : undefined,
    content: has("content", "data_text") ? content?.toString("latin1") : undefined,
    size: has("size") ? content?.length : undefined,
    sha256: has("sha256") && content ? createHash("sha256").update(content).digest("hex") : undefined,
    same_inode_as: content && first && first.stat.path !== stat.path ? first.stat.path : undefined,
    // Without one, the time is that of the run.
    mtime_ns: has("mtime_ns") ? String(stat.modTimeNs) : undefined,
    uid: owners ? stat.uid : 0,
    gid: owners ? stat.gid : 0,
    xattrs: Object.fromEntries(
      [...(stat.xattrs ?? [])].map(([name, value]) => [name, Buffer.from(value).toString("base64")]),
    ),
  };
}

function normalize(row) {
  const bytes = (key) => (row[key] === undefined ? undefined : bytesOf(row[key]));
  return {
    path: bytesOf(row.path),
    type: row.type,
    mode: row.mode,
    linkname: bytes("linkname"),
    content: contentOf(row),
    size: row.size,
    sha256: row.sha256,
    same_inode_as: bytes("same_inode_as"),
    mtime_ns: row.mtime_ns,
    uid: row.uid ?? 0,
    gid: row.gid ?? 0,
    xattrs: row.xattrs ?? {},
  };
}

function contentOf({ data_text, content = data_text, repeat = 1 }) {
  return content === undefined ? undefined : bytesOf(content).repeat(repeat);
}

function typeOf(stat, content) {
  if (isDirectory(stat)) return "dir";
  if (isSymlink(stat)) return "symlink";
  if (content) return "file";
  return stat.mode & MODE.namedPipe ? "fifo" : "device";
}

function octalMode(mode) {
  const setId =
    (mode & MODE.setuid ? 0o4000 : 0) | (mode & MODE.setgid ? 0o2000 : 0) | (mode & MODE.sticky ? 0o1000 : 0);
  return ((mode & 0o777) | setId).toString(8).padStart(4, "0");
}
