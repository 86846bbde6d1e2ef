// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { SolveStatus } from "@bk/solver";
import { startTerminal, type Terminal, type TerminalOptions, tmpDir } from "@bk/testing";

const script = fileURLToPath(new URL("replay.mjs", import.meta.url));

/** A message, or the end of one of several builds, at a time in milliseconds; or a place to wait at. */
export type ReplayStep = { readonly atMs: number; readonly build?: number } & (
  | { readonly status: Partial<SolveStatus> }
  | { readonly end: true }
  | { readonly hold: string }
);

export interface Replay extends AsyncDisposable {
  readonly terminal: Terminal;
  /** Whether the program waits at the place with this name. */
  isAt(hold: string): boolean;
  /** Goes on behind the place with this name. */
  goOn(hold: string): Promise<void>;
}

/** Shows messages in a real terminal. */
export async function startReplay(
  steps: readonly ReplayStep[],
  { columns, rows, env }: Omit<TerminalOptions, "command">,
): Promise<Replay> {
  const dir = await tmpDir();
  const named = steps.map((step) => ("hold" in step ? { ...step, hold: dir.join(step.hold) } : step));
  await writeFile(dir.join("steps.json"), JSON.stringify(named, toJson));
  const terminal = await startTerminal({
    ...{ columns, rows, env },
    command: [process.execPath, script, dir.join("steps.json")],
  });
  return {
    terminal,
    isAt: (hold) => existsSync(dir.join(`${hold}.reached`)),
    goOn: (hold) => writeFile(dir.join(hold), ""),
    async [Symbol.asyncDispose]() {
      await terminal[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

function toJson(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  // Buffers come as what their toJSON() makes of them.
  const bytes = value as { readonly type?: unknown; readonly data?: unknown } | null;
  return bytes?.type === "Buffer" ? Buffer.from(bytes.data as number[]).toString("base64") : value;
}
