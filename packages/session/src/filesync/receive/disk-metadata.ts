// SPDX-License-Identifier: Apache-2.0
import { type FileStat, MODE } from "../source/stat.js";

/** Permission bits for `chmod`, with the special ones. */
export function toPermissions({ mode }: FileStat, keepSetId: boolean): number {
  let bits = mode & 0o777;
  if (keepSetId && mode & MODE.setuid) bits |= 0o4000;
  if (keepSetId && mode & MODE.setgid) bits |= 0o2000;
  if (mode & MODE.sticky) bits |= 0o1000;
  return bits;
}

export function hasSetId({ mode }: FileStat): boolean {
  return (mode & (MODE.setuid | MODE.setgid)) !== 0;
}

/**
 * Seconds for Node's `utimes`, to the microsecond. Node takes times before 1970 for now: they become 1970.
 * It cuts off what is below a microsecond, and the seconds are a double: the half keeps it from cutting one
 * more.
 */
export function toSeconds({ modTimeNs }: Pick<FileStat, "modTimeNs">): number {
  if (modTimeNs <= 0n) return 0;
  return (Number(modTimeNs / 1000n) + 0.5) / 1e6;
}
