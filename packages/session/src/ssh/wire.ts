// SPDX-License-Identifier: Apache-2.0
// SSH's data types (RFC 4251, section 5), of which the agent protocol and OpenSSH's key files are made.

/** Reads values from the front of `bytes`. Every read throws a RangeError when there is not enough. */
export interface WireReader {
  byte(): number;
  uint32(): number;
  /** Bytes with their length in front; a view. */
  string(): Buffer;
  /** As `string`, read as ASCII. */
  text(): string;
  /** A non-negative integer, big-endian, without leading zeros. */
  mpint(): Buffer;
  /** Bytes that are left. */
  readonly rest: Buffer;
}

export function createWireReader(bytes: Buffer): WireReader {
  let rest = bytes;
  function take(length: number): Buffer {
    if (length > rest.length) throw new RangeError("The data ends too early");
    const taken = rest.subarray(0, length);
    rest = rest.subarray(length);
    return taken;
  }
  const uint32 = (): number => take(4).readUInt32BE();
  const string = (): Buffer => take(uint32());
  return {
    byte: () => take(1).readUInt8(),
    uint32,
    string,
    text: () => string().toString("latin1"),
    mpint: () => trimZeros(string()),
    get rest() {
      return rest;
    },
  };
}

export function encodeUint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}

export function encodeString(value: string | Uint8Array): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value, "latin1") : value;
  return Buffer.concat([encodeUint32(bytes.length), bytes]);
}

/** Encodes a non-negative big-endian integer: a set top bit would make it negative, so a zero goes in front. */
export function encodeMpint(value: Uint8Array): Buffer {
  const magnitude = trimZeros(Buffer.from(value));
  const isHigh = (magnitude[0] ?? 0) >= 0x80;
  return encodeString(isHigh ? Buffer.concat([Buffer.alloc(1), magnitude]) : magnitude);
}

function trimZeros(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? Buffer.alloc(0) : bytes.subarray(first);
}
