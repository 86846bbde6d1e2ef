// SPDX-License-Identifier: Apache-2.0
// Calls of the control API that every build makes, as encoded messages. They do without Connect and protobuf's
// descriptors, which take longer to load than a short build.
import { type AbortOptions, callServerStream, callUnary } from "@bk/transport";
import type { Daemon } from "../daemon/daemon.js";
import { CallFailure } from "../failure/call-failure.js";

const SERVICE = "/moby.buildkit.v1.Control";

export type DirectMethod = "Info" | "ListWorkers" | "Solve" | "Status";

/**
 * Sends one message and resolves to the answer.
 *
 * @throws {CallFailure} what the daemon answered; {TransportError}; `signal.reason`.
 */
export async function callDirectly(
  { channel }: Daemon,
  method: DirectMethod,
  request: Uint8Array,
  options: AbortOptions = {},
): Promise<Uint8Array> {
  const { status, message } = await callUnary(channel, `${SERVICE}/${method}`, request, options);
  if (status.code !== 0) throw new CallFailure(status);
  return message;
}

/** As `callDirectly`, for an answer of many messages. Leaving the loop cancels the call. */
export async function* streamDirectly(
  { channel }: Daemon,
  method: DirectMethod,
  request: Uint8Array,
  options: AbortOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const status = yield* callServerStream(channel, `${SERVICE}/${method}`, request, options);
  if (status.code !== 0) throw new CallFailure(status);
}
