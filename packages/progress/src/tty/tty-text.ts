// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus } from "@bk/solver";
import { readPalette } from "./palette.js";
import { createScreen, type ScreenSize } from "./screen.js";
import { createTtyBuild } from "./tty-build.js";

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
  const build = createTtyBuild({ title, env });
  const screen = createScreen(readPalette(env));
  return {
    update: build.update,
    paint(nowMs) {
      const now = size();
      return screen.paint(build.layout(nowMs, now), now);
    },
    end(nowMs) {
      const now = size();
      const { lines, text } = build.end(nowMs, now);
      return screen.finish(lines, now) + text;
    },
    get dropped() {
      return build.dropped;
    },
  };
}
