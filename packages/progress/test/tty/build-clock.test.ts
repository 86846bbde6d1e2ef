// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { createBuildClock } from "../../src/tty/build-clock.js";
import { log, SECOND, status, vertex } from "../statuses.js";

test("tells the daemon's time, which began when the first step was told of", () => {
  const clock = createBuildClock();
  expect(clock.startNs).toBeUndefined();
  clock.observe(status({ vertexes: [vertex({ startedNs: 100n * SECOND })] }), 5000);
  expect(clock.startNs).toBe(100n * SECOND);
  expect(clock.nowNs(5000)).toBe(100n * SECOND);
  expect(clock.nowNs(7500)).toBe(102n * SECOND + SECOND / 2n);
});

test("of a build that is told afterwards, it is as late as what was told last", () => {
  const clock = createBuildClock();
  clock.observe(status({ vertexes: [vertex({ completedNs: 9n * SECOND })], logs: [log("x")] }), 0);
  expect(clock.nowNs(1)).toBe(9n * SECOND);
});
