// SPDX-License-Identifier: Apache-2.0
import { getActiveResourcesInfo } from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach } from "vitest";

/** Nothing is waited for longer than it takes: this is for a machine that is very busy. */
const SETTLE_MS = 10_000;
const HOOK_TIMEOUT_MS = 60_000;
const POLL_MS = 10;

/** What keeps the process alive at one moment. */
export interface OpenHandles {
  readonly handles: ReadonlySet<object>;
  readonly timers: number;
}

/**
 * Makes every test of the file, or of the describe block, fail when it leaves a socket, server, child process
 * or timer behind. What was open before the test, or was unref'ed, does not count.
 */
export function leakCheck(): void {
  let before: OpenHandles;
  beforeEach(() => {
    before = openHandles();
  });
  afterEach(async () => {
    await assertNoLeaks(before);
  }, HOOK_TIMEOUT_MS);
}

/** For assertNoLeaks(), at the start of what may leak. */
export function openHandles(): OpenHandles {
  return { handles: new Set(activeHandles()), timers: countTimers() };
}

/**
 * Waits until all that was opened since `before` is gone.
 *
 * @throws Error naming what is still open after the time
 */
export async function assertNoLeaks(before: OpenHandles, settleMs: number = SETTLE_MS): Promise<void> {
  const deadline = Date.now() + settleMs;
  let leaks = findLeaks(before);
  while (leaks.length > 0 && Date.now() < deadline) {
    await delay(POLL_MS, undefined, { ref: false });
    leaks = findLeaks(before);
  }
  if (leaks.length > 0) throw new Error(`Still open after the test: ${leaks.join(", ")}`);
}

function findLeaks(before: OpenHandles): string[] {
  const handles = activeHandles().filter((handle) => !before.handles.has(handle));
  const timers = countTimers() - before.timers;
  return [...handles.map(describeHandle), ...(timers > 0 ? [`${timers} timer(s)`] : [])];
}

function countTimers(): number {
  return getActiveResourcesInfo().filter((name) => name === "Timeout" || name === "Immediate").length;
}

/** The only list of the objects themselves; not in Node's documentation. */
function activeHandles(): object[] {
  const list: unknown = Reflect.get(process, "_getActiveHandles");
  return typeof list === "function" ? list.call(process) : [];
}

interface HandleFacts {
  readonly constructor: { readonly name: string };
  readonly spawnfile?: string;
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly remotePath?: string;
  address?(): unknown;
}

function describeHandle(handle: HandleFacts): string {
  const where = handle.remoteAddress ? `${handle.remoteAddress}:${handle.remotePort}` : handle.spawnfile;
  const local = where ?? JSON.stringify(handle.address?.() ?? "");
  return `${handle.constructor.name} ${local}`;
}
