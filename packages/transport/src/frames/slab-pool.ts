// SPDX-License-Identifier: Apache-2.0

/** Bytes of a slab: what one write carries at most. */
export const slabBytes: number = 256 * 1024;

/** Slabs kept for reuse. */
const maxSpareSlabs = 4;

/** Output buffers of one stream, used again once the socket has taken what was in them. */
export interface SlabPool {
  /** A buffer of at least `bytes`, nobody else's. */
  take(bytes: number): Buffer;
  /** Gives a slab back: it is free when `sentBytes` of the stream have been written. */
  retire(slab: Buffer, sentBytes: number): void;
  /** Tells how many of the stream's bytes have been written by now. */
  reclaim(writtenBytes: number): void;
}

/** Slabs are allocated one by one as needed; larger ones are never kept. */
export function createSlabPool(): SlabPool {
  const spare: Buffer[] = [];
  const retired: { readonly slab: Buffer; readonly sentBytes: number }[] = [];
  return {
    take(bytes) {
      if (bytes > slabBytes) return Buffer.allocUnsafeSlow(bytes);
      return spare.pop() ?? Buffer.allocUnsafeSlow(slabBytes);
    },
    retire(slab, sentBytes) {
      if (slab.length === slabBytes) retired.push({ slab, sentBytes });
    },
    reclaim(writtenBytes) {
      for (let first = retired[0]; first !== undefined; first = retired[0]) {
        if (first.sentBytes > writtenBytes) return;
        retired.shift();
        if (spare.length < maxSpareSlabs) spare.push(first.slab);
      }
    },
  };
}
