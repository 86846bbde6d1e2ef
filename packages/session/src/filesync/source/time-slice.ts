// SPDX-License-Identifier: Apache-2.0
import { setImmediate } from "node:timers/promises";

/** How long the event loop may be kept: it has health checks to answer. */
const SLICE_MS = 8;
/** Reading the clock costs about as much as a small step. */
const STEPS_PER_LOOK = 16;

/** Shares the event loop: work until `spent()` says so, then await `next()`. */
export interface TimeSlice {
  spent(): boolean;
  next(): Promise<void>;
}

/** @param stepsPerLook 1 when a single step can take long */
export function createTimeSlice(stepsPerLook: number = STEPS_PER_LOOK): TimeSlice {
  let end = performance.now() + SLICE_MS;
  let steps = 0;
  return {
    spent: () => ++steps % stepsPerLook === 0 && performance.now() >= end,
    async next() {
      await setImmediate();
      end = performance.now() + SLICE_MS;
    },
  };
}
