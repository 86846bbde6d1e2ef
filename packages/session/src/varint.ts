// SPDX-License-Identifier: Apache-2.0

/** Bytes that the protobuf varint of a non-negative integer below 2^53 takes. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}

/** Writes a non-negative integer below 2^53 as a varint; returns the offset behind it. */
export function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let rest = value;
  let at = offset;
  while (rest >= 0x80) {
    target[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  target[at++] = rest;
  return at;
}

/** Bytes that the varint of an int64 takes: ten when it is negative, as protobuf has it. */
export function varintLength64(value: bigint): number {
  if (value < 0n) return 10;
  return value <= Number.MAX_SAFE_INTEGER ? varintLength(Number(value)) : varintLengthWide(value);
}

/** Writes an int64 as a varint; returns the offset behind it. */
export function writeVarint64(target: Uint8Array, offset: number, value: bigint): number {
  const bits = BigInt.asUintN(64, value);
  // Two's complement in two halves of 32 bits keeps the loop on small integers: bigints cost too much here.
  let low = Number(bits & 0xffffffffn);
  let high = Number(bits >> 32n);
  let at = offset;
  while (high > 0 || low >= 0x80) {
    target[at++] = (low & 0x7f) | 0x80;
    low = ((low >>> 7) | ((high & 0x7f) << 25)) >>> 0;
    high >>>= 7;
  }
  target[at++] = low;
  return at;
}

function varintLengthWide(value: bigint): number {
  let length = 1;
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) length++;
  return length;
}
