// SPDX-License-Identifier: Apache-2.0
import { Writable } from "node:stream";

export interface TextOutput extends Writable {
  readonly text: string;
  /** Resolves once the text matches. */
  waitFor(pattern: RegExp): Promise<void>;
}

/** Collects what is written, for assertions on progress. */
export function textOutput(): TextOutput {
  let text = "";
  const waiting = new Set<() => void>();
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString("utf8");
      for (const look of waiting) look();
      done();
    },
  });
  return Object.defineProperties(output, {
    text: { get: () => text },
    waitFor: {
      value: (pattern: RegExp) =>
        new Promise<void>((resolve) => {
          const look = () => {
            if (!pattern.test(text)) return;
            waiting.delete(look);
            resolve();
          };
          waiting.add(look);
          look();
        }),
    },
  }) as TextOutput;
}
