// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "../../errors.js";
import { type ByteString, fromByteString } from "../byte-string.js";
import { goQuote } from "../go-quote.js";
import { cleanPath } from "../patterns/go-path.js";
import { comparePaths } from "../source/order.js";
import { type FileStat, isDirectory } from "../source/stat.js";

export interface PathLimits {
  /** Longest path, in bytes. */
  readonly pathBytes: number;
  /** Longest name in a path, in bytes. */
  readonly nameBytes: number;
}

/** A directory that may still get entries, and the last name that it got. */
interface OpenDirectory {
  readonly path: ByteString;
  last: ByteString;
}

/**
 * Checks that paths stay inside, that they come in the order of the wire, and that the directory of each came
 * before it. With that no path can come twice.
 *
 * Must match the daemon: tonistiigi/fsutil validator.go, whose texts these are.
 *
 * @returns a function that throws {SessionError} `BK_PROTOCOL`
 */
export function createEntryOrder(limits: PathLimits): (stat: FileStat) => void {
  const open: OpenDirectory[] = [{ path: "", last: "" }];
  return (stat) => {
    const { path } = stat;
    checkInside(path);
    const slash = path.lastIndexOf("/");
    const directory = path.slice(0, Math.max(slash, 0));
    const name = path.slice(slash + 1);
    while (open.length > 1 && comparePaths(open.at(-1)?.path ?? "", directory) > 0) open.pop();
    const parent = open.at(-1) ?? { path: "", last: "" };
    if (parent.path !== directory || parent.last >= name) {
      throw refuse(`changes out of order: ${goQuote(path)} ${goQuote(joinPath(parent.path, parent.last))}`);
    }
    checkName(path, name, limits);
    parent.last = name;
    if (isDirectory(stat)) open.push({ path, last: "" });
  };
}

function checkInside(path: ByteString): void {
  if (path !== cleanPath(path)) throw refusePath("unclean path", path, "invalid argument");
  if (path.startsWith("/")) throw refusePath("absolute path", path, "invalid argument");
  if (path === ".." || path.startsWith("../")) throw refusePath("escape check", path, "invalid argument");
}

/** The reference learns of these from the system. The root itself, ".", is none of the sender's business. */
function checkName(path: ByteString, name: ByteString, { pathBytes, nameBytes }: PathLimits): void {
  if (path === "." || name.includes("\0")) throw refusePath("statat", name, "invalid argument");
  if (path.length > pathBytes || name.length > nameBytes)
    throw refusePath("statat", name, "file name too long");
}

function joinPath(directory: ByteString, name: ByteString): ByteString {
  return directory === "" || name === "" ? directory + name : `${directory}/${name}`;
}

/** The text of Go's `os.PathError`. */
function refusePath(operation: string, path: ByteString, why: string): SessionError {
  return refuse(`${operation} ${fromByteString(path)}: ${why}`);
}

export function refuse(text: string): SessionError {
  return new SessionError("BK_PROTOCOL", text);
}
