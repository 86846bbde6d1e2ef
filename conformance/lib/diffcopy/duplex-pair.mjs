// SPDX-License-Identifier: Apache-2.0
import { Duplex, PassThrough } from "node:stream";

/** Two ends of a stream in memory: what is written to one is read from the other. */
export function duplexPair() {
  const there = new PassThrough();
  const back = new PassThrough();
  return [Duplex.from({ readable: back, writable: there }), Duplex.from({ readable: there, writable: back })];
}
