// SPDX-License-Identifier: Apache-2.0
// Calls of the control API that every build makes, as encoded messages. They do without Connect and protobuf's
// descriptors, which take longer to load than a short build.
import { type AbortOptions, callServerStream, callUnary, type GrpcStatus, grpcCode } from "@bk/transport";
import type { Daemon } from "../daemon/daemon.js";
import { CallFailure } from "../failure/call-failure.js";

const SERVICE = "/moby.buildkit.v1.Control";

/** A call with one request, and what its answers are. */
export interface DirectCall<T> {
  readonly method: "Info" | "ListWorkers" | "Solve" | "Status";
  /** The encoded message. */
  readonly request: Uint8Array;
  readonly answer: { decode(bytes: Uint8Array): T };
}

/**
 * Sends one message and resolves to the answer.
 *
 * @throws {CallFailure} what the daemon answered; {TransportError}; `signal.reason`.
 */
export async function callDirectly<T>(
  { channel }: Daemon,
  { method, request, answer }: DirectCall<T>,
  options: AbortOptions = {},
): Promise<T> {
  const { status, message } = await callUnary(channel, `${SERVICE}/${method}`, request, options);
  if (status.code !== 0) throw new CallFailure(status);
  return decode(answer, message);
}

/** As `callDirectly`, for an answer of many messages. Leaving the loop cancels the call. */
export async function* streamDirectly<T>(
  { channel }: Daemon,
  { method, request, answer }: DirectCall<T>,
  options: AbortOptions = {},
): AsyncGenerator<T, void, undefined> {
  const messages = callServerStream(channel, `${SERVICE}/${method}`, request, options);
  for await (const message of untilFailure(messages)) yield decode(answer, message);
}

async function* untilFailure(
  messages: AsyncGenerator<Uint8Array, GrpcStatus, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const status = yield* messages;
  if (status.code !== 0) throw new CallFailure(status);
}

/** Bytes that are no such message are a failure of the call, as gRPC has it. */
function decode<T>(answer: DirectCall<T>["answer"], message: Uint8Array): T {
  try {
    return answer.decode(message);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CallFailure({
      code: grpcCode.internal,
      message: `The answer cannot be read: ${why}`,
      details: undefined,
    });
  }
}
