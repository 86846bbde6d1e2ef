// SPDX-License-Identifier: Apache-2.0
import { varintLength, writeVarint } from "../varint.js";
import type { ByteString } from "./byte-string.js";

/** Extended attributes of an entry, by name. */
export type Xattrs = ReadonlyMap<ByteString, Uint8Array>;

/** The tag of `map<string, bytes> xattrs = 10`. */
export const XATTRS_TAG = 0x52;

/** Length of the map's entries in a Stat. */
export function encodedXattrsLength(xattrs: Xattrs | undefined): number {
  let length = 0;
  for (const [name, value] of xattrs ?? []) {
    const entry = entryLength(name, value);
    length += 1 + varintLength(entry) + entry;
  }
  return length;
}

/** Writes the map's entries; returns the offset behind them. */
export function writeXattrs(target: Buffer, offset: number, xattrs: Xattrs | undefined): number {
  let at = offset;
  for (const [name, value] of xattrs ?? []) {
    target[at] = XATTRS_TAG;
    at = writeVarint(target, at + 1, entryLength(name, value));
    target[at] = 0x0a;
    at = writeVarint(target, at + 1, name.length);
    at += target.write(name, at, "latin1");
    target[at] = 0x12;
    at = writeVarint(target, at + 1, value.length);
    target.set(value, at);
    at += value.length;
  }
  return at;
}

function entryLength(name: ByteString, value: Uint8Array): number {
  return 2 + varintLength(name.length) + name.length + varintLength(value.length) + value.length;
}
