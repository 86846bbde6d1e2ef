// SPDX-License-Identifier: Apache-2.0

/** How a display speaks of what it left out. */
export interface DroppedFormat {
  /** Lines or messages in a piece. */
  count(piece: Uint8Array | string): number;
  /** What to write when the output is read again; what was written last may not have ended its line. */
  format(dropped: number, atLineStart: boolean): string;
}

export const DROPPED_LINES: DroppedFormat = {
  count: (piece) => Math.max(Buffer.from(piece).filter((byte) => byte === 0x0a).length, 1),
  format(dropped, atLineStart) {
    const lines = dropped === 1 ? "1 line was" : `${dropped} lines were`;
    return `${atLineStart ? "" : "\n"}... ${lines} not shown: the output was too slow\n`;
  },
};

/** Readers of status messages pass over a key that they do not know. */
export const DROPPED_MESSAGES: DroppedFormat = {
  count: () => 1,
  format: (dropped) => `{"dropped":${dropped}}\n`,
};
