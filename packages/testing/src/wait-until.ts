// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";

const LIMIT_MS = 30_000;
const POLL_MS = 10;

/**
 * Waits until `condition` holds, which nothing tells of. Fake timers neither hold it up nor are moved by it, as they are
 * by vitest's own.
 *
 * @throws Error when it does not within 30 s
 */
export async function waitUntil(condition: () => unknown): Promise<void> {
  for (let waitedMs = 0; !(await condition()); waitedMs += POLL_MS) {
    if (waitedMs >= LIMIT_MS) throw new Error(`Not so within ${LIMIT_MS / 1000} s: ${condition}`);
    await delay(POLL_MS, undefined, { ref: false });
  }
}
