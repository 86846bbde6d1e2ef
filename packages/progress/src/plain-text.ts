// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus } from "@bk/solver";
import { printTrace } from "./print-trace.js";
import { type Printer, printDropped, printFailures } from "./print-vertex.js";
import { createTrace } from "./trace.js";
import { updateTrace } from "./update-trace.js";

/** Messages that come faster than this are shown together, in milliseconds. */
const MIN_PRINT_MS = 100;

export interface PlainTextOptions {
  /** Shown first, as `#0 ...`. Default: nothing. */
  readonly title?: string | undefined;
  /** Cuts the names of steps to 72 bytes, as PROGRESS_NO_TRUNC=0 does. Default: false. */
  readonly truncateNames?: boolean | undefined;
}

/**
 * A build as plain text. Each call takes the time, in milliseconds on any steady clock, and returns the bytes to write
 * next, which may be none.
 */
export interface PlainText {
  update(status: SolveStatus, nowMs: number): Uint8Array;
  /** To be called when no message has come for 150 ms, and every 150 ms from then on. */
  refresh(nowMs: number): Uint8Array;
  /** The rest, then the last output of the steps that failed, then how much output is missing, if any. */
  end(nowMs: number): Uint8Array;
  /** Pieces of output that were not kept because too much waited to be shown. */
  readonly dropped: number;
}

/**
 * Turns status messages into the text that `docker buildx build --progress=plain` prints, byte for byte. Names and
 * output are as the daemon sent them, control characters included. Never throws; bounded in memory. Where the
 * reference has no bounds the text may differ from it: at most 16 MiB of output wait to be shown, and the last line
 * tells how many pieces were not kept; and of a line beyond 1 MiB that has no end yet, or of lines beyond 4 MiB in all
 * steps, the last KiB is repeated when its step comes to the front again, not all of it.
 *
 * Must match the reference: util/progress/progressui of moby/buildkit.
 */
export function createPlainText({ title = "", truncateNames = false }: PlainTextOptions = {}): PlainText {
  const trace = createTrace();
  const printer: Printer = {
    current: "",
    nextIndex: 0,
    begun: false,
    title: Buffer.from(title).toString("latin1"),
    truncateNames,
    shown: new Map(),
    text: "",
  };
  // Refills with time to one: a message may be shown at once if none was lately.
  let allowance = 1;
  let countedAtMs: number | undefined;

  function take(): Uint8Array {
    const bytes = Buffer.from(printer.text, "latin1");
    printer.text = "";
    return bytes;
  }

  function mayPrint(nowMs: number): boolean {
    allowance = Math.min(1, allowance + (nowMs - (countedAtMs ?? nowMs)) / MIN_PRINT_MS);
    countedAtMs = nowMs;
    if (allowance < 1) return false;
    allowance--;
    return true;
  }

  return {
    update(status, nowMs) {
      updateTrace(trace, status, nowMs);
      if (mayPrint(nowMs)) printTrace(printer, trace, nowMs);
      return take();
    },
    refresh(nowMs) {
      printTrace(printer, trace, nowMs);
      return take();
    },
    end(nowMs) {
      printTrace(printer, trace, nowMs);
      printFailures(printer, trace);
      printDropped(printer, trace);
      return take();
    },
    get dropped() {
      return trace.droppedLogs;
    },
  };
}
