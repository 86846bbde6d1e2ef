// SPDX-License-Identifier: Apache-2.0

/** Keeps the last bytes of a stream of text. */
export interface Tail {
  push(chunk: Uint8Array): void;
  text(): string;
}

/** Bytes of a program's standard error that are kept. */
const maxTailBytes = 4096;

export function createTail(): Tail {
  let kept: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      kept = Buffer.concat([kept, chunk.subarray(-maxTailBytes)]).subarray(-maxTailBytes);
    },
    text: () => kept.toString("utf8"),
  };
}
