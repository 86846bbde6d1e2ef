// SPDX-License-Identifier: Apache-2.0
import { type AbortOptions, findTransportError, TransportError } from "@bk/transport";
import { SolverError } from "../errors.js";
import { toPlainLine } from "../terminal-line.js";
import { callOptions, type Daemon } from "./daemon.js";

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
  const control = await daemon.control();
  try {
    await control.info({}, { timeoutMs: ANSWER_TIMEOUT_MS, ...callOptions({ signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    const lost = findTransportError(error);
    if (lost) throw lost;
    await judgeAnswer(error, daemon.endpoint);
  }
}

function isLostConnection(error: unknown): boolean {
  return TransportError.is(error) && error.code === "BK_CONNECTION_LOST";
}

async function judgeAnswer(error: unknown, endpoint: string): Promise<void> {
  const { ConnectError, Code } = await import("@connectrpc/connect");
  const { code, rawMessage } = ConnectError.from(error);
  // Must match the daemon: the text of grpc-go for a service that it has without this method.
  if (code === Code.Unimplemented && rawMessage.includes("unknown method")) return;
  const answer = toPlainLine(rawMessage);
  const options = { cause: error, endpoint };
  if (code === Code.Unimplemented || /content[- ]type/i.test(rawMessage)) {
    const message = `The server at ${endpoint} is no BuildKit daemon: it answered ${JSON.stringify(answer)}`;
    throw new TransportError("BK_NOT_GRPC", message, options);
  }
  if (code === Code.DeadlineExceeded) {
    const message = `The daemon at ${endpoint} did not answer within ${ANSWER_TIMEOUT_MS / 1000} s. It may be overloaded, or it is no BuildKit daemon`;
    throw new TransportError("BK_CONNECT_TIMEOUT", message, options);
  }
  throw new SolverError("BK_DAEMON_UNAVAILABLE", `The daemon at ${endpoint} refused a ping: ${answer}`, {
    cause: error,
  });
}
