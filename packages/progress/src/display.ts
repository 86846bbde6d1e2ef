// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import type { SolveStatus } from "@bk/solver";
import { createBoundedOutput, type DroppedFormat } from "./bounded-output.js";
import { createFailureLog } from "./failure-log.js";
import { chooseLineChange, createLineFilter, type LineFilter, toTerminalJson } from "./log-text.js";
import { createPlainText } from "./plain-text.js";
import type { ProgressMode } from "./progress-mode.js";
import { formatRawJson } from "./raw-json.js";
import { isTerminal, sizeOf } from "./terminal.js";
import { createTtyText } from "./tty/tty-text.js";

/** A build's status on an output, in one mode. */
export interface Display {
  update(status: SolveStatus): void;
  /** Called once; nothing comes after it. */
  end(): void;
  readonly dropped: number;
}

export interface DisplayOptions {
  readonly output: Writable;
  readonly title: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What has changed is shown after this time at the latest, and again after it while steps run. */
const REFRESH_MS = 150;
/** A terminal is not painted more often. */
const MIN_PAINT_MS = 100;

export function createDisplay(mode: Exclude<ProgressMode, "auto">, options: DisplayOptions): Display {
  if (mode === "tty") return createTtyDisplay(options);
  if (mode === "plain") return createPlainDisplay(options);
  if (mode === "rawjson") return createRawJsonDisplay(options);
  return mode === "quiet" ? createQuietDisplay(options) : { update() {}, end() {}, dropped: 0 };
}

function createTtyDisplay({ output, title, env }: DisplayOptions): Display {
  const text = createTtyText({ size: () => sizeOf(output), title, env });
  const bounded = createBoundedOutput(output, DROPPED_LINES);
  const rateMs = readRate(env["TTY_DISPLAY_RATE"]);
  let paintedAtMs = Number.NEGATIVE_INFINITY;
  const timer = setInterval(paint, rateMs ?? REFRESH_MS).unref();
  output.on("resize", paint);

  /** A terminal that is slow gets the newest screen once it has taken the last one. */
  function paint(): void {
    if (!bounded.isIdle) return;
    paintedAtMs = performance.now();
    bounded.write(text.paint(paintedAtMs));
  }

  return {
    update(status) {
      const nowMs = performance.now();
      text.update(status, nowMs);
      if (nowMs - paintedAtMs >= (rateMs ?? MIN_PAINT_MS)) paint();
    },
    end() {
      clearInterval(timer);
      output.off("resize", paint);
      bounded.write(text.end(performance.now()));
      bounded.end();
    },
    get dropped() {
      return bounded.dropped + text.dropped;
    },
  };
}

function createPlainDisplay({ output, title, env }: DisplayOptions): Display {
  const text = createPlainText({ title, truncateNames: env["PROGRESS_NO_TRUNC"] === "0" });
  const bounded = createBoundedOutput(output, DROPPED_LINES);
  const filter = createFilter(output, env);
  const timer = setInterval(() => write(text.refresh(performance.now())), REFRESH_MS).unref();

  function write(bytes: Uint8Array): void {
    bounded.write(filter ? filter.write(bytes) : bytes);
  }

  return {
    update(status) {
      write(text.update(status, performance.now()));
      timer.refresh();
    },
    end() {
      clearInterval(timer);
      write(text.end(performance.now()));
      if (filter) bounded.write(filter.end());
      bounded.end();
    },
    get dropped() {
      return bounded.dropped + text.dropped;
    },
  };
}

function createRawJsonDisplay({ output }: DisplayOptions): Display {
  const bounded = createBoundedOutput(output, DROPPED_MESSAGES);
  const toText = isTerminal(output) ? toTerminalJson : (json: string) => json;
  return {
    update: (status) => bounded.write(toText(formatRawJson(status))),
    end: bounded.end,
    get dropped() {
      return bounded.dropped;
    },
  };
}

function createQuietDisplay({ output, env }: DisplayOptions): Display {
  const failures = createFailureLog();
  const bounded = createBoundedOutput(output, DROPPED_LINES);
  const filter = createFilter(output, env);
  return {
    update: failures.update,
    end() {
      const bytes = failures.format();
      bounded.write(filter ? filter.write(bytes) : bytes);
      bounded.end();
    },
    get dropped() {
      return bounded.dropped;
    },
  };
}

function createFilter(output: Writable, env: DisplayOptions["env"]): LineFilter | undefined {
  const change = chooseLineChange(isTerminal(output), env["GITHUB_ACTIONS"] === "true");
  return change && createLineFilter(change);
}

const DROPPED_LINES: DroppedFormat = {
  count: (piece) => Math.max(Buffer.from(piece).filter((byte) => byte === 0x0a).length, 1),
  format(dropped, atLineStart) {
    const lines = dropped === 1 ? "1 line was" : `${dropped} lines were`;
    return `${atLineStart ? "" : "\n"}... ${lines} not shown: the output was too slow\n`;
  },
};

/** Readers of status messages pass over a key that they do not know. */
const DROPPED_MESSAGES: DroppedFormat = {
  count: () => 1,
  format: (dropped) => `{"dropped":${dropped}}\n`,
};

/** Milliseconds; undefined for what is no time. */
function readRate(value: string | undefined): number | undefined {
  return value !== undefined && /^[1-9]\d{0,5}$/.test(value) ? Number(value) : undefined;
}
