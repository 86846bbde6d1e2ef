// SPDX-License-Identifier: Apache-2.0

const COMPRESSED: readonly Buffer[] = [
  Buffer.from("BZh", "latin1"), // bzip2
  Buffer.from([0x1f, 0x8b, 0x08]), // gzip
  Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), // xz
];

const HEADER_BYTES = 512;
const CHECKSUM = { start: 148, end: 156 } as const;

/**
 * Whether a stream that begins with `head` is a tar archive, plain or compressed in a way that the daemon unpacks.
 * Must match docker buildx, and frontend/dockerui of moby/buildkit.
 */
export function isArchive(head: Buffer): boolean {
  return COMPRESSED.some((magic) => head.subarray(0, magic.length).equals(magic)) || isTarHeader(head);
}

/** A tar has no magic number of old, but each header holds the sum of its bytes, its own counted as spaces. */
function isTarHeader(head: Buffer): boolean {
  if (head.length < HEADER_BYTES) return false;
  const field = head.toString("latin1", CHECKSUM.start, CHECKSUM.end).replace(/^[ \0]+|[ \0]+$/g, "");
  if (!/^[0-7]+$/.test(field)) return false;
  let sum = 0;
  for (let i = 0; i < HEADER_BYTES; i++)
    sum += i >= CHECKSUM.start && i < CHECKSUM.end ? 0x20 : (head[i] ?? 0);
  return sum === Number.parseInt(field, 8);
}
