// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, vi } from "vitest";

/** Fails a test that leaves sockets open behind it. */
export function checkOpenSockets(): void {
  let before = 0;
  beforeEach(() => {
    before = countOpenSockets();
  });
  afterEach(async () => {
    vi.useRealTimers();
    // Closing takes a turn or two of the loop.
    await vi.waitFor(() => expect(countOpenSockets()).toBeLessThanOrEqual(before));
  });
}

function countOpenSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => /TCP|Pipe|TLS|Http2/i.test(name)).length;
}
