// SPDX-License-Identifier: Apache-2.0
import { Duplex } from "node:stream";

/**
 * Two ends of a connection in memory. Like a socket it copies what is written, and cuts it anywhere.
 *
 * @param cut the length of the next chunk; Infinity cuts nowhere
 */
export function splitPair(cut: () => number = () => Number.POSITIVE_INFINITY): [Duplex, Duplex] {
  const a: Duplex = createEnd(() => b, cut);
  const b: Duplex = createEnd(() => a, cut);
  return [a, b];
}

function createEnd(peer: () => Duplex, cut: () => number): Duplex {
  return new Duplex({
    allowHalfOpen: true,
    read() {},
    write(chunk: Buffer, _encoding, done) {
      for (let at = 0; at < chunk.length; ) {
        const end = Math.min(chunk.length, at + Math.max(1, cut()));
        if (!peer().destroyed) peer().push(Buffer.from(chunk.subarray(at, end)));
        at = end;
      }
      setImmediate(done);
    },
    final(done) {
      if (!peer().destroyed) peer().push(null);
      done();
    },
  });
}
