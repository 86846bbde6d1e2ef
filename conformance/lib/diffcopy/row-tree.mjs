// SPDX-License-Identifier: Apache-2.0
import { isDirectory, MODE } from "@bk/session/filesync";
import { bytesOf } from "../bytes.mjs";
import { checkKeys } from "../keys.mjs";

/** The time of an entry for which a vector gives none. */
const DEFAULT_MTIME_NS = "1700000000000000000";

const KEYS = "path type mode content data_text repeat linkname same_inode_as uid gid mtime_ns xattrs".split(
  " ",
);

/**
 * The tree of a vector as a FileTree. In memory, since no disk would take every owner, time and attribute.
 *
 * @param {readonly object[]} rows
 * @returns {import("@bk/session/filesync").FileTree}
 */
export function createRowTree(rows) {
  const nodes = createNodes(rows);
  return {
    location: "the vector",
    readDirectory: (path) =>
      [...nodes.keys()]
        .filter((name) => name !== "" && parentOf(name) === path)
        .map((name) => ({
          name: name.slice(name.lastIndexOf("/") + 1),
          isDirectory: () => isDirectory(nodes.get(name).stat),
        })),
    stat(path, links) {
      const node = nodes.get(path);
      if (node === undefined || node.names === 1) return node?.stat;
      return { ...node.stat, path, linkname: links.claim(String(node.stat.inode), path) ?? "" };
    },
    open: (stat) => openContent(nodes.get(stat.path).content),
  };
}

/** @returns {Map<string, { stat: object, content: Buffer, names: number }>} by path; names of one file share a node */
export function createNodes(rows) {
  const nodes = new Map();
  for (const row of rows) {
    checkKeys("tree row", row, KEYS);
    const path = bytesOf(row.path);
    const target = row.same_inode_as ?? (row.type === "hardlink" ? row.linkname : undefined);
    const node = target === undefined ? createNode(row, BigInt(nodes.size + 1)) : nodes.get(bytesOf(target));
    node.names += 1;
    nodes.set(path, node);
  }
  return nodes;
}

function createNode(row, inode) {
  const {
    type,
    data_text = "",
    content = data_text,
    repeat = 1,
    linkname = "",
    uid = 0,
    gid = 0,
    mtime_ns = DEFAULT_MTIME_NS,
    xattrs,
  } = row;
  const bytes = Buffer.from(bytesOf(content).repeat(repeat), "latin1");
  const stat = {
    path: bytesOf(row.path),
    mode: goMode(type, row.mode),
    uid,
    gid,
    size: type === "symlink" ? bytesOf(linkname).length : bytes.length,
    modTimeNs: BigInt(mtime_ns),
    linkname: type === "symlink" ? bytesOf(linkname) : "",
    devmajor: 0,
    devminor: 0,
    inode,
    ...(xattrs !== undefined && {
      xattrs: new Map(
        Object.entries(xattrs).map(([name, value]) => [name, Buffer.from(bytesOf(value), "latin1")]),
      ),
    }),
  };
  return { stat, content: bytes, names: 0 };
}

const TYPES = {
  file: { bit: 0, mode: "0644" },
  dir: { bit: MODE.directory, mode: "0755" },
  symlink: { bit: MODE.symlink, mode: "0777" },
  fifo: { bit: MODE.namedPipe, mode: "0644" },
};

function goMode(type, mode) {
  const known = TYPES[type];
  if (!known) throw new Error(`the runner does not know the type ${type}`);
  const bits = Number.parseInt(mode ?? known.mode, 8);
  const setId =
    (bits & 0o4000 ? MODE.setuid : 0) + (bits & 0o2000 ? MODE.setgid : 0) + (bits & 0o1000 ? MODE.sticky : 0);
  return known.bit + setId + (bits & 0o777);
}

function openContent(content) {
  const readSync = (target, offset, length, position) =>
    content.copy(target, offset, position, position + length);
  return { readSync, read: async (...at) => readSync(...at), assertUnchanged() {}, close() {} };
}

function parentOf(path) {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}
