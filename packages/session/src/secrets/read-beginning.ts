// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { type AbortOptions, raceAbort } from "@bk/transport";

const POLL_MS = 10;

/**
 * Reads up to so many bytes of a file, or of a pipe until its writers have closed it. A pipe that nobody has opened yet
 * is waited for; an abort ends that.
 *
 * @throws the file system's error; `signal.reason`
 */
export async function readBeginning(
  path: string,
  maxBytes: number,
  { signal }: AbortOptions = {},
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const reading = readUntil(path, maxBytes, signal);
  try {
    return await raceAbort(reading, signal);
  } catch (error) {
    if (signal?.aborted === true) await endPipe(path, reading);
    throw error;
  }
}

async function readUntil(
  path: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  await using file = await open(path);
  const buffer = Buffer.alloc(maxBytes);
  let length = 0;
  while (length < buffer.length && signal?.aborted !== true) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

/** The system cannot be told to give up opening or reading a pipe: it has to hear from a writer, which is us then. */
async function endPipe(path: string, reading: Promise<unknown>): Promise<void> {
  let isReading = true;
  const end = () => {
    isReading = false;
  };
  const ended = reading.then(end, end);
  // What is no pipe is not waited for, and ends by itself.
  while (isReading && wakeReader(path)) await Promise.race([ended, delay(POLL_MS)]);
}

/** Whether there is a pipe. Nothing here waits, nor needs Node's threads, all of which may be waiting for pipes. */
function wakeReader(path: string): boolean {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    if (!fstatSync(file).isFIFO()) return false;
    writeSync(file, "\0");
    return true;
  } catch (error) {
    // Nobody reads yet, or not any more; or the pipe is full.
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code === "ENXIO" || code === "EAGAIN";
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
