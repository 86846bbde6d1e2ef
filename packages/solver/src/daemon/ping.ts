// SPDX-License-Identifier: Apache-2.0
import { type AbortOptions, grpcCode, TransportError, withTimeLimit } from "@bk/transport";
import { callInfo } from "../control/info.js";
import { SolverError } from "../errors.js";
import { CallFailure } from "../failure/call-failure.js";
import { toPlainLine } from "../terminal-line.js";
import type { Daemon } from "./daemon.js";

/** As long as a connection may take to be made. */
const ANSWER_TIMEOUT_MS = 20_000;

/**
 * Asks the daemon for its version, which shows that it is there and speaks BuildKit's API. Daemons that do not know
 * the call answer that the method is unknown, which shows the same.
 *
 * @throws {TransportError} why the daemon cannot be reached, `BK_NOT_GRPC` when it is no BuildKit;
 * {SolverError} `BK_DAEMON_UNAVAILABLE` for its refusal.
 */
export async function ping(daemon: Daemon, { signal }: AbortOptions = {}): Promise<void> {
  try {
    await askInfo(daemon, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    // A connection from before may turn out dead only when it is used; the question may be asked twice.
    if (!isLostConnection(error)) throw error;
    await askInfo(daemon, { signal });
  }
}

async function askInfo(daemon: Daemon, { signal }: AbortOptions): Promise<void> {
  await daemon.channel.connect({ signal });
  const onTimeout = () => noAnswer(daemon.endpoint);
  try {
    await withTimeLimit({ ms: ANSWER_TIMEOUT_MS, onTimeout, signal }, (limit) =>
      callInfo(daemon, { signal: limit }),
    );
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    judgeAnswer(error, daemon.endpoint);
  }
}

function noAnswer(endpoint: string): TransportError {
  const message = `The daemon at ${endpoint} did not answer within ${ANSWER_TIMEOUT_MS / 1000} s. It may be overloaded, or it is no BuildKit daemon`;
  return new TransportError("BK_CONNECT_TIMEOUT", message, { endpoint });
}

function isLostConnection(error: unknown): boolean {
  return TransportError.is(error) && error.code === "BK_CONNECTION_LOST";
}

/** Returns for an answer that only a BuildKit gives. */
function judgeAnswer(failure: CallFailure, endpoint: string): void {
  const { code, message: text } = failure.status;
  // Must match the daemon: the text of grpc-go for a service that it has without this method.
  if (code === grpcCode.unimplemented && text.includes("unknown method")) return;
  const answer = toPlainLine(text);
  const options = { cause: failure, endpoint };
  if (code === grpcCode.unimplemented || /content[- ]type/i.test(text)) {
    const message = `The server at ${endpoint} is no BuildKit daemon: it answered ${JSON.stringify(answer)}`;
    throw new TransportError("BK_NOT_GRPC", message, options);
  }
  throw new SolverError("BK_DAEMON_UNAVAILABLE", `The daemon at ${endpoint} refused a ping: ${answer}`, {
    cause: failure,
  });
}
