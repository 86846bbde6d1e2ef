// SPDX-License-Identifier: Apache-2.0
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { waitUntil } from "../src/index.js";

describe("waitUntil()", () => {
  test("ends once the condition holds, and leaves the test's clock alone", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const startedAt = Date.now();
    let asked = 0;

    await waitUntil(async () => ++asked === 3);

    expect(asked).toBe(3);
    expect(Date.now()).toBe(startedAt);
  });
});
