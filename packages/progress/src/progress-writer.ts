// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import type { SolveStatus } from "@bk/solver";
import { createPlainText, type PlainTextOptions } from "./plain-text.js";
import { formatRawJson } from "./raw-json.js";

/** Bytes that may wait in an output that nobody reads. */
const MAX_QUEUED_BYTES = 4 << 20;
const REFRESH_MS = 150;

/** `plain` is for people, `rawjson` one line of JSON for each message. */
export type ProgressMode = "plain" | "rawjson";

export interface ProgressWriterOptions extends PlainTextOptions {
  /** Default: `plain`. */
  readonly mode?: ProgressMode | undefined;
}

/** Shows one build. Disposing it twice, or after `end`, does nothing. */
export interface ProgressWriter extends Disposable {
  update(status: SolveStatus): void;
  /** Writes the rest, and lets go of the output, which stays open. */
  end(): void;
  /** Pieces of text that were left out because the output was not read. */
  readonly dropped: number;
}

/**
 * Shows a build in a file or a pipe, with the bytes of the reference: what a step prints is written as it is. Never
 * throws and never waits: with 4 MiB unread, text is left out and counted. An output that fails is left alone.
 */
export function createProgressWriter(output: Writable, options: ProgressWriterOptions = {}): ProgressWriter {
  const plain = options.mode === "rawjson" ? undefined : createPlainText(options);
  const ignore = () => {};
  // Many builds may share one output, which makes a listener each no leak.
  output.setMaxListeners(output.getMaxListeners() + 1).on("error", ignore);
  let dropped = 0;
  let ended = false;
  const refresh = plain && setInterval(() => write(plain.refresh(performance.now())), REFRESH_MS).unref();

  function write(bytes: Uint8Array | string): void {
    if (bytes.length === 0 || output.destroyed || output.writableEnded) return;
    if (output.writableLength > MAX_QUEUED_BYTES) dropped++;
    else output.write(bytes);
  }

  function end(): void {
    if (ended) return;
    ended = true;
    clearInterval(refresh);
    if (plain) write(plain.end(performance.now()));
    output.off("error", ignore).setMaxListeners(Math.max(output.getMaxListeners() - 1, 0));
  }

  return {
    update(status) {
      if (ended) return;
      write(plain ? plain.update(status, performance.now()) : formatRawJson(status));
      refresh?.refresh();
    },
    end,
    get dropped() {
      return dropped + (plain?.dropped ?? 0);
    },
    [Symbol.dispose]: end,
  };
}
