// SPDX-License-Identifier: Apache-2.0
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import type { ProgramEnd } from "./program-stream.js";
import { createTail } from "./tail.js";
import { whenClosed } from "./when-closed.js";

/** How long after a program's end its standard error may stay open: ssh's background master keeps it. */
const stderrTimeoutMs = 200;

/** Waits until a child has ended and its output was read; collects the end of its standard error meanwhile. */
export async function waitForEnd(child: ChildProcessWithoutNullStreams): Promise<ProgramEnd> {
  const tail = createTail();
  child.stderr.on("data", (chunk: Buffer) => tail.push(chunk));
  const stderrClosed = whenClosed(child.stderr);
  const exit = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once("exit", (code, signal) => resolve([code, signal])),
  );
  const [[code, signal]] = await Promise.all([exit, whenClosed(child.stdout)]);
  const timer = setTimeout(() => child.stderr.destroy(), stderrTimeoutMs);
  await stderrClosed;
  clearTimeout(timer);
  return { exitCode: code ?? undefined, signal: signal ?? undefined, stderr: tail.text() };
}
