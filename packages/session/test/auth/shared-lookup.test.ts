// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, test, vi } from "vitest";
import { createSharedLookup } from "../../src/auth/shared-lookup.js";

/** A lookup whose answers the test gives, in the order of the calls. */
function createScriptedLookup() {
  const calls: {
    key: string;
    signal: AbortSignal;
    resolve(value: string): void;
    reject(reason: Error): void;
  }[] = [];
  const lookup = (key: string, { signal }: { readonly signal: AbortSignal }): Promise<string> =>
    new Promise((resolve, reject) => calls.push({ key, signal, resolve, reject }));
  return { calls, lookup };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("createSharedLookup()", () => {
  test("shares one lookup among callers of one key", async () => {
    const { calls, lookup } = createScriptedLookup();
    const ask = createSharedLookup({ lookup, maxAgeMs: 1000 });
    const answers = [ask("a"), ask("a"), ask("b")];
    expect(calls.map(({ key }) => key)).toEqual(["a", "b"]);
    calls[0]?.resolve("A");
    calls[1]?.resolve("B");
    await expect(Promise.all(answers)).resolves.toEqual(["A", "A", "B"]);
  });

  test("looks up again when an answer is too old", async () => {
    vi.useFakeTimers();
    const { calls, lookup } = createScriptedLookup();
    const ask = createSharedLookup({ lookup, maxAgeMs: 1000 });
    const first = ask("a");
    calls[0]?.resolve("old");
    await expect(first).resolves.toBe("old");
    vi.advanceTimersByTime(999);
    await expect(ask("a")).resolves.toBe("old");
    vi.advanceTimersByTime(1);
    const second = ask("a");
    calls[1]?.resolve("new");
    await expect(second).resolves.toBe("new");
  });

  test("lets one caller leave without disturbing the other", async () => {
    const { calls, lookup } = createScriptedLookup();
    const ask = createSharedLookup({ lookup, maxAgeMs: 1000 });
    const controller = new AbortController();
    const reason = new Error("enough");
    const leaving = ask("a", { signal: controller.signal });
    const staying = ask("a");
    controller.abort(reason);
    await expect(leaving).rejects.toBe(reason);
    expect(calls[0]?.signal.aborted).toBe(false);
    calls[0]?.resolve("A");
    await expect(staying).resolves.toBe("A");
  });

  test("stops the lookup when the last caller leaves, and starts afresh for the next", async () => {
    const { calls, lookup } = createScriptedLookup();
    const ask = createSharedLookup({ lookup, maxAgeMs: 1000 });
    const controller = new AbortController();
    const reason = new Error("enough");
    const leaving = ask("a", { signal: controller.signal });
    controller.abort(reason);
    await expect(leaving).rejects.toBe(reason);
    expect(calls[0]?.signal.reason).toBe(reason);
    const next = ask("a");
    calls[0]?.reject(reason);
    calls[1]?.resolve("A");
    await expect(next).resolves.toBe("A");
  });

  test("runs no more than 32 lookups at a time", async () => {
    const { calls, lookup } = createScriptedLookup();
    const ask = createSharedLookup({ lookup, maxAgeMs: 1000 });
    const first = Array.from({ length: 32 }, (_, n) => ask(`${n}`));
    await expect(ask("one more")).rejects.toMatchObject({ code: "BK_CREDENTIALS_FAILED" });
    expect(calls).toHaveLength(32);
    for (const { key, resolve } of calls) resolve(key);
    await Promise.all(first);
    const next = ask("one more");
    calls[32]?.resolve("now");
    await expect(next).resolves.toBe("now");
  });

  test("gives a failure to all who wait and keeps it for nobody", async () => {
    const { calls, lookup } = createScriptedLookup();
    const ask = createSharedLookup({ lookup, maxAgeMs: 1000 });
    const failure = new Error("no");
    const both = Promise.allSettled([ask("a"), ask("a")]);
    calls[0]?.reject(failure);
    await expect(both).resolves.toEqual([
      { status: "rejected", reason: failure },
      { status: "rejected", reason: failure },
    ]);
    const next = ask("a");
    calls[1]?.resolve("A");
    await expect(next).resolves.toBe("A");
  });
});
