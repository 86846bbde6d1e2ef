// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus } from "@bk/solver";
import { createFailureLog } from "../failure-log.js";
import { chooseLineChange, createLineFilter, neutralizeCommand } from "../log-text.js";
import { EMPTY_BUILD } from "../state/build-state.js";
import { reduceStatus } from "../state/reduce-status.js";
import { createBuildClock } from "./build-clock.js";
import type { Line } from "./format-entry.js";
import { layoutBuild, layoutEnded, type View } from "./layout.js";
import { readPalette } from "./palette.js";
import { createScreen, type ScreenSize } from "./screen.js";
import { formatWarnings } from "./warning-summary.js";

/** Lines of output that are shown of a running step. */
const DEFAULT_LOG_LINES = 6;
const MAX_LOG_LINES = 20;

export interface TtyTextOptions {
  /** Asked each time: a terminal may change its size. */
  readonly size: () => ScreenSize;
  /** Stands at the right of the first line. Default: nothing. */
  readonly title?: string | undefined;
  /** Where NO_COLOR, BUILDKIT_COLORS, BUILDKIT_TTY_LOG_LINES and GITHUB_ACTIONS are read. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * A build on a terminal. Times are milliseconds on any steady clock. What is returned goes to the terminal whole and in
 * order: it moves the cursor over what was written before.
 */
export interface TtyText {
  /** Takes a message in. Shows nothing: that is for `paint`. */
  update(status: SolveStatus, nowMs: number): void;
  /** The screen as it is now. */
  paint(nowMs: number): string;
  /** All steps, the warnings, and the last output of the steps that failed. */
  end(nowMs: number): string;
  /** Steps, transfers and warnings that were not kept because there were too many. */
  readonly dropped: number;
}

/**
 * Shows a build as `docker buildx build --progress=tty` does: a line for each step with its time, transfers, and the
 * last output of steps that run. What the daemon sends can do nothing to the terminal but set colours. Never throws;
 * bounded in memory.
 */
export function createTtyText({ size, title = "", env = {} }: TtyTextOptions): TtyText {
  const palette = readPalette(env);
  const colors = palette.faint !== "";
  const logLines = readLogLines(env["BUILDKIT_TTY_LOG_LINES"]);
  const isWorkflow = env["GITHUB_ACTIONS"] === "true";
  const clock = createBuildClock();
  const screen = createScreen(palette);
  const failures = createFailureLog();
  let state = EMPTY_BUILD;

  function viewAt(nowMs: number): View {
    return { ...size(), nowNs: clock.nowNs(nowMs), startNs: clock.startNs, logLines, colors, title };
  }

  function toSafeLines(lines: readonly Line[]): readonly Line[] {
    return isWorkflow ? lines.map((line) => ({ ...line, text: neutralizeCommand(line.text) })) : lines;
  }

  function formatSummary(): string {
    const lines = formatWarnings(state.warnings);
    return (isWorkflow ? lines.map(neutralizeCommand) : lines).map((line) => `${line}\n`).join("");
  }

  function formatFailures(): string {
    const change = chooseLineChange(true, isWorkflow);
    const filter = change && createLineFilter(change);
    return filter ? Buffer.from(filter.write(failures.format())).toString() : "";
  }

  return {
    update(status, nowMs) {
      clock.observe(status, nowMs);
      failures.update(status);
      state = reduceStatus(state, status);
    },
    paint(nowMs) {
      const view = viewAt(nowMs);
      return screen.paint(toSafeLines(layoutBuild(state, view)), view);
    },
    end(nowMs) {
      const view = viewAt(nowMs);
      const steps = screen.finish(toSafeLines(layoutEnded(state, view)), view);
      return steps + formatSummary() + formatFailures();
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
