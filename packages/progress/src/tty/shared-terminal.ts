// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import { createBoundedOutput } from "../bounded-output.js";
import { DROPPED_LINES } from "../dropped-format.js";
import { sizeOf } from "../terminal.js";
import { readPalette } from "./palette.js";
import { createScreen, type ScreenSize } from "./screen.js";
import type { TtyBuild } from "./tty-build.js";

type Env = Readonly<Record<string, string | undefined>>;

/** What has changed is shown after this time at the latest, and again after it while builds run. */
const REFRESH_MS = 150;
/** A terminal is not painted more often. */
const MIN_PAINT_MS = 100;

/** The place of a build on a terminal. */
export interface Seat {
  /** Shows what has changed, soon. */
  refresh(): void;
  /** Leaves the build on the terminal as it ended. Called once. */
  leave(): void;
  /** Lines that were left out because the terminal was not read. */
  readonly dropped: number;
}

interface SharedTerminal {
  join(build: TtyBuild): Seat;
}

/** Those on which a build is shown. */
const terminals = new WeakMap<Writable, SharedTerminal>();

/** Shows a build on a terminal, below those that are shown there already. The first one's environment counts. */
export function joinTerminal(output: Writable, build: TtyBuild, env: Env): Seat {
  const terminal = terminals.get(output) ?? createSharedTerminal(output, env, () => terminals.delete(output));
  terminals.set(output, terminal);
  return terminal.join(build);
}

function createSharedTerminal(output: Writable, env: Env, onEnd: () => void): SharedTerminal {
  const builds = new Set<TtyBuild>();
  const bounded = createBoundedOutput(output, DROPPED_LINES);
  const screen = createScreen(readPalette(env));
  const rateMs = readRate(env["TTY_DISPLAY_RATE"]);
  let paintedAtMs = Number.NEGATIVE_INFINITY;
  const timer = setInterval(paint, rateMs ?? REFRESH_MS).unref();
  output.on("resize", paint);

  /** A terminal that is slow gets the newest screen once it has taken the last one. */
  function paint(): void {
    if (!bounded.isIdle) return;
    const nowMs = performance.now();
    const size = sizeOf(output);
    paintedAtMs = nowMs;
    const share = shareOf(size, builds.size);
    bounded.write(
      screen.paint(
        [...builds].flatMap((build) => build.layout(nowMs, share)),
        size,
      ),
    );
  }

  function leave(build: TtyBuild): void {
    builds.delete(build);
    const size = sizeOf(output);
    const { lines, text } = build.end(performance.now(), size);
    bounded.write(screen.finish(lines, size) + text);
    if (builds.size > 0) {
      paint();
      return;
    }
    clearInterval(timer);
    output.off("resize", paint);
    bounded.end();
    onEnd();
  }

  return {
    join(build) {
      builds.add(build);
      return {
        refresh() {
          if (performance.now() - paintedAtMs >= (rateMs ?? MIN_PAINT_MS)) paint();
        },
        leave: () => leave(build),
        get dropped() {
          return bounded.dropped;
        },
      };
    },
  };
}

/** The rows of each of several builds; each leaves its last one to the cursor, of which there is one. */
function shareOf({ columns, rows }: ScreenSize, builds: number): ScreenSize {
  return { columns, rows: Math.floor((rows - 1) / Math.max(builds, 1)) + 1 };
}

/** Milliseconds; undefined for what is no time. */
function readRate(value: string | undefined): number | undefined {
  return value !== undefined && /^[1-9]\d{0,5}$/.test(value) ? Number(value) : undefined;
}
