// SPDX-License-Identifier: Apache-2.0
import { type AbortOptions, withTimeLimit } from "@bk/transport";
import type { Daemon } from "./daemon/daemon.js";

/** The limit of what answers at once, such as a daemon on this machine. */
const LIMIT_MS = 1_500;
/** As long as a dial may take at all. */
const MAX_LIMIT_MS = 20_000;

/**
 * Asks the daemon on a connection of its own, for when the present one may be dead. Connecting has a limit, and so has
 * the answer after that: 1.5 s, and twice as long as the present connection took more, for the programs that some are
 * made through need seconds, such as ssh and kubectl. A daemon that is gone is found out within that.
 */
export async function askSecondConnection<T>(
  daemon: Daemon,
  { signal }: AbortOptions,
  ask: (other: Daemon, limit: AbortSignal) => Promise<T>,
): Promise<T> {
  const limitMs = secondConnectionLimitMs(daemon.channel.connectMs);
  await using other = daemon.fork();
  await withLimit(limitMs, signal, (limit) => other.channel.connect({ signal: limit }));
  return await withLimit(limitMs, signal, (limit) => ask(other, limit));
}

/** The limit of a second connection where the first one took `connectMs`. */
function secondConnectionLimitMs(connectMs = 0): number {
  return Math.min(LIMIT_MS + 2 * connectMs, MAX_LIMIT_MS);
}

function withLimit<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  return withTimeLimit({ ms, onTimeout: () => new Error(`No answer within ${ms} ms`), signal }, work);
}
