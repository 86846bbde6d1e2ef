// SPDX-License-Identifier: Apache-2.0
import { TransportError } from "@bk/transport";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { waitForReady } from "../src/wait-for-ready.js";

const refused = () => Promise.reject(new TransportError("BK_CONNECTION_REFUSED", "refused"));

describe("waitForReady()", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("asks again after 100 ms, doubling up to 2 s, until the daemon answers", async () => {
    const startedAt = Date.now();
    const asked: number[] = [];
    const waiting = waitForReady("the daemon", async () => {
      asked.push(Date.now() - startedAt);
      if (asked.length < 8) await refused();
    });

    await vi.advanceTimersByTimeAsync(30_000);

    await expect(waiting).resolves.toBeUndefined();
    expect(asked).toEqual([0, 100, 300, 700, 1500, 3100, 5100, 7100]);
  });

  test("gives up after the time, saying why the daemon was not ready", async () => {
    const waiting = waitForReady("tcp://h:1", refused, { timeoutMs: 1_000 });
    const outcome = expect(waiting).rejects.toMatchObject({
      code: "BK_NOT_READY",
      message: "BuildKit at tcp://h:1 was not ready within 1 s: refused",
    });

    await vi.advanceTimersByTimeAsync(1_000);

    await outcome;
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each(["BK_TLS_FAILED", "BK_ADDRESS_INVALID", "BK_PERMISSION_DENIED"] as const)(
    "does not wait for what cannot pass: %s",
    async (code) => {
      const failure = new TransportError(code, "no");

      await expect(waitForReady("the daemon", () => Promise.reject(failure))).rejects.toBe(failure);
    },
  );

  test("rejects with the reason of an abort", async () => {
    const abort = new AbortController();
    const reason = new Error("enough");
    const waiting = waitForReady("the daemon", refused, { signal: abort.signal });
    const outcome = expect(waiting).rejects.toBe(reason);
    await vi.advanceTimersByTimeAsync(150);

    abort.abort(reason);

    await outcome;
    expect(vi.getTimerCount()).toBe(0);
  });
});
