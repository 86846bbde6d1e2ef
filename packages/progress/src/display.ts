// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import type { SolveStatus } from "@bk/solver";
import { createBoundedOutput } from "./bounded-output.js";
import { DROPPED_LINES, DROPPED_MESSAGES } from "./dropped-format.js";
import { createFailureLog } from "./failure-log.js";
import { chooseLineChange, createLineFilter, type LineFilter, toTerminalJson } from "./log-text.js";
import { createPlainText } from "./plain-text.js";
import type { ProgressMode } from "./progress-mode.js";
import { formatRawJson } from "./raw-json.js";
import { isTerminal } from "./terminal.js";
import { joinTerminal } from "./tty/shared-terminal.js";
import { createTtyBuild } from "./tty/tty-build.js";

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

export function createDisplay(mode: Exclude<ProgressMode, "auto">, options: DisplayOptions): Display {
  if (mode === "tty") return createTtyDisplay(options);
  if (mode === "plain") return createPlainDisplay(options);
  if (mode === "rawjson") return createRawJsonDisplay(options);
  return mode === "quiet" ? createQuietDisplay(options) : { update() {}, end() {}, dropped: 0 };
}

function createTtyDisplay({ output, title = "", env }: DisplayOptions): Display {
  const build = createTtyBuild({ title, env });
  const seat = joinTerminal(output, build, env);
  return {
    update(status) {
      build.update(status, performance.now());
      seat.refresh();
    },
    end: seat.leave,
    get dropped() {
      return seat.dropped + build.dropped;
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
