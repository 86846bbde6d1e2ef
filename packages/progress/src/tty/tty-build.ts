// SPDX-License-Identifier: Apache-2.0
import { neutralizeCommand, type SolveStatus, toColoredLine, toPlainLine } from "@bk/solver";
import { createFailureLog } from "../failure-log.js";
import { createLineFilter } from "../log-text.js";
import { EMPTY_BUILD } from "../state/build-state.js";
import { reduceStatus } from "../state/reduce-status.js";
import { createBuildClock } from "./build-clock.js";
import type { Line } from "./format-entry.js";
import { layoutBuild, layoutEnded, type View } from "./layout.js";
import { readPalette } from "./palette.js";
import type { ScreenSize } from "./screen.js";
import { formatWarnings } from "./warning-summary.js";

/** Lines of output that are shown of a running step. */
const DEFAULT_LOG_LINES = 6;
const MAX_LOG_LINES = 20;

export interface TtyBuildOptions {
  /** Stands at the right of the first line. */
  readonly title: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What a terminal shows of one build. Times are milliseconds on any steady clock. */
export interface TtyBuild {
  update(status: SolveStatus, nowMs: number): void;
  /** At most one line less than the size has rows. */
  layout(nowMs: number, size: ScreenSize): readonly Line[];
  /** All steps; and text that comes after them: the warnings, and the last output of the steps that failed. */
  end(nowMs: number, size: ScreenSize): { readonly lines: readonly Line[]; readonly text: string };
  /** Steps, transfers and warnings that were not kept because there were too many. */
  readonly dropped: number;
}

export function createTtyBuild({ title, env }: TtyBuildOptions): TtyBuild {
  const colors = readPalette(env).faint !== "";
  const logLines = readLogLines(env["BUILDKIT_TTY_LOG_LINES"]);
  const isWorkflow = env["GITHUB_ACTIONS"] === "true";
  const clock = createBuildClock();
  const failures = createFailureLog();
  let state = EMPTY_BUILD;

  function viewAt(nowMs: number, size: ScreenSize): View {
    return { ...size, nowNs: clock.nowNs(nowMs), startNs: clock.startNs, logLines, colors, title };
  }

  function toSafeLines(lines: readonly Line[]): readonly Line[] {
    return isWorkflow ? lines.map((line) => ({ ...line, text: neutralizeCommand(line.text) })) : lines;
  }

  function formatSummary(): string {
    const lines = formatWarnings(state.warnings);
    return (isWorkflow ? lines.map(neutralizeCommand) : lines).map((line) => `${line}\n`).join("");
  }

  function formatFailures(): string {
    const { write } = createLineFilter((line) => Buffer.from(toSafeText(line.toString())));
    return Buffer.from(write(failures.format())).toString();
  }

  function toSafeText(line: string): string {
    const safe = colors ? toColoredLine(line) : toPlainLine(line);
    return isWorkflow ? neutralizeCommand(safe) : safe;
  }

  return {
    update(status, nowMs) {
      clock.observe(status, nowMs);
      failures.update(status);
      state = reduceStatus(state, status);
    },
    layout: (nowMs, size) => toSafeLines(layoutBuild(state, viewAt(nowMs, size))),
    end(nowMs, size) {
      const lines = toSafeLines(layoutEnded(state, viewAt(nowMs, size)));
      return { lines, text: formatSummary() + formatFailures() };
    },
    get dropped() {
      return state.dropped;
    },
  };
}

function readLogLines(value: string | undefined): number {
  return value !== undefined && /^[1-9]\d{0,5}$/.test(value)
    ? Math.min(Number(value), MAX_LOG_LINES)
    : DEFAULT_LOG_LINES;
}
