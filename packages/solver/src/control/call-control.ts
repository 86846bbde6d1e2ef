// SPDX-License-Identifier: Apache-2.0
import type { Control } from "@bk/proto/control";
import { type AbortOptions, findTransportError, grpcCode } from "@bk/transport";
import type { Client } from "@connectrpc/connect";
import { callOptions, type Daemon } from "../daemon/daemon.js";
import { SolverError } from "../errors.js";
import { formatRemoteStatus, readRemoteStatus } from "../failure/remote-status.js";
import { toPlainLine } from "../terminal-line.js";

type ControlClient = Client<typeof Control>;
type CallOptions = ReturnType<typeof callOptions>;

/**
 * Makes one call of the control API. `what` completes "The daemon refused to ...".
 *
 * @throws {TransportError} when the daemon cannot be reached or was lost; {SolverError} `BK_UNSUPPORTED` when it
 * does not know the call, `BK_REQUEST_REFUSED` with its reason; `signal.reason`.
 */
export function callControl<T>(
  daemon: Daemon,
  what: string,
  call: (control: ControlClient, options: CallOptions) => Promise<T>,
  options: AbortOptions = {},
): Promise<T> {
  return explained(daemon, what, options, async () => call(await daemon.control(), callOptions(options)));
}

/** Makes a call of any kind. @throws as `callControl` */
export async function explained<T>(
  daemon: Daemon,
  what: string,
  { signal }: AbortOptions,
  call: () => Promise<T>,
): Promise<T> {
  try {
    signal?.throwIfAborted();
    return await call();
  } catch (error) {
    throw await explainCall(daemon, what, error, signal);
  }
}

/** As `callControl`, for calls that answer with a stream. Leaving the loop cancels the call. */
export function streamControl<T>(
  daemon: Daemon,
  what: string,
  call: (control: ControlClient, options: CallOptions) => AsyncIterable<T>,
  options: AbortOptions = {},
): AsyncGenerator<T, void, undefined> {
  return explainedStream(daemon, what, options, async function* () {
    yield* call(await daemon.control(), callOptions(options));
  });
}

/** Makes a call of any kind that answers with a stream. @throws as `callControl` */
export async function* explainedStream<T>(
  daemon: Daemon,
  what: string,
  { signal }: AbortOptions,
  call: () => AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  try {
    signal?.throwIfAborted();
    yield* call();
  } catch (error) {
    throw await explainCall(daemon, what, error, signal);
  }
}

/** What `callControl` throws for the error of a call. */
export async function explainCall(
  daemon: Daemon,
  what: string,
  error: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  if (signal?.aborted) return signal.reason;
  const lost = findTransportError(error);
  if (lost) return lost;
  const remote = await readRemoteStatus(error);
  if (!remote) return error;
  const at = `The daemon at ${daemon.endpoint}`;
  const options = { cause: error };
  if (remote.code === grpcCode.unimplemented) {
    return new SolverError("BK_UNSUPPORTED", `${at} is too old to ${what}`, options);
  }
  const reason = toPlainLine(formatRemoteStatus(remote));
  return new SolverError("BK_REQUEST_REFUSED", `${at} refused to ${what}: ${reason}`, options);
}
