// SPDX-License-Identifier: Apache-2.0

/** The last bytes of a stream. */
export interface ByteTail {
  append(data: Uint8Array): void;
  bytes(): Uint8Array;
  /** Bytes so far, those that are gone included. */
  readonly total: number;
}

const FIRST_BYTES = 1 << 10;

/** Holds twice `maxBytes` at most, so that bytes are moved only now and then; less while little has come. */
export function createByteTail(maxBytes: number): ByteTail {
  let held = Buffer.alloc(FIRST_BYTES);
  let end = 0;
  let total = 0;

  function makeRoom(length: number): void {
    if (end + length <= held.length) return;
    const kept = Math.min(end, maxBytes);
    const next = Buffer.alloc(Math.min(Math.max(held.length * 2, kept + length), maxBytes * 2));
    held.copy(next, 0, end - kept, end);
    held = next;
    end = kept;
  }

  return {
    append(data) {
      const fresh = data.subarray(-maxBytes);
      makeRoom(fresh.length);
      held.set(fresh, end);
      end += fresh.length;
      total += data.length;
    },
    bytes: () => held.subarray(Math.max(end - maxBytes, 0), end),
    get total() {
      return total;
    },
  };
}
