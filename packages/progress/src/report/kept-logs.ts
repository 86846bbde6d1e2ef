// SPDX-License-Identifier: Apache-2.0

/** What was kept of a step's output. */
export interface KeptLog {
  /** The last bytes. */
  readonly data: Uint8Array;
  /** Bytes before them that were not kept. */
  readonly leftOut: number;
}

/** The output of many steps, within a bound. */
export interface KeptLogs {
  append(step: number, data: Uint8Array): void;
  of(step: number): KeptLog;
}

/** Of one step, at first. */
const MAX_STEP_BYTES = 256 << 10;
/** Of all steps together. */
const MAX_BYTES = 8 << 20;

interface Held {
  /** Filled up to `length`, with room for more. */
  buffer: Buffer;
  length: number;
  /** All that the step ever wrote. */
  written: number;
}

/**
 * Keeps the last 256 KiB of each step's output, and 8 MiB in all: when that is full, what a step may keep is halved,
 * for all of them alike. What is held in memory may be twice as much.
 */
export function createKeptLogs(): KeptLogs {
  const steps = new Map<number, Held>();
  let maxStepBytes = MAX_STEP_BYTES;
  let total = 0;

  function append(step: number, data: Uint8Array): void {
    const held = steps.get(step) ?? { buffer: Buffer.alloc(0), length: 0, written: 0 };
    steps.set(step, held);
    total -= held.length;
    held.written += data.length;
    appendTo(held, data.subarray(-maxStepBytes));
    if (held.length > 2 * maxStepBytes) keepEnd(held, maxStepBytes);
    total += held.length;
    while (total > MAX_BYTES) shrink();
  }

  function shrink(): void {
    const over = [...steps.values()].some(({ length }) => length > maxStepBytes);
    // Most of it may be what steps hold beyond their share until they are cut.
    if (!over) maxStepBytes /= 2;
    total = 0;
    for (const held of steps.values()) {
      if (held.length > maxStepBytes) keepEnd(held, maxStepBytes);
      total += held.length;
    }
  }

  return {
    append,
    of(step) {
      const held = steps.get(step);
      if (!held) return { data: new Uint8Array(), leftOut: 0 };
      const data = held.buffer.subarray(Math.max(held.length - maxStepBytes, 0), held.length);
      return { data, leftOut: held.written - data.length };
    },
  };
}

function appendTo(held: Held, data: Uint8Array): void {
  const length = held.length + data.length;
  if (length > held.buffer.length) {
    const grown = Buffer.alloc(Math.max(length, held.buffer.length * 2));
    held.buffer.copy(grown, 0, 0, held.length);
    held.buffer = grown;
  }
  held.buffer.set(data, held.length);
  held.length = length;
}

function keepEnd(held: Held, bytes: number): void {
  held.buffer = Buffer.from(held.buffer.subarray(held.length - bytes, held.length));
  held.length = bytes;
}
