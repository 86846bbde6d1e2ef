// SPDX-License-Identifier: Apache-2.0
import type { ChildProcess } from "node:child_process";

/** How long a program may take to end when asked. */
const killTimeoutMs = 3_000;

/** Ends a program and what it started, first politely. Only for children that lead a group, or on Windows. */
export function killGroup(child: ChildProcess): void {
  if (hasEnded(child)) return;
  send(child, "SIGTERM");
  const timer = setTimeout(() => send(child, "SIGKILL"), killTimeoutMs);
  child.once("exit", () => {
    clearTimeout(timer);
    // What it started may not care for being asked.
    if (process.platform !== "win32") send(child, "SIGKILL");
  });
}

function send(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === "win32") {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended in this moment.
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
