// SPDX-License-Identifier: Apache-2.0
import { connect, type Socket } from "node:net";
import { type AbortOptions, listenAbort } from "@bk/transport";
import { SessionError } from "../errors.js";
import { describeFileError } from "../file-error.js";
import type { AgentConnection } from "./agent.js";
import { frameAgentMessage, readAgentMessages } from "./agent-protocol.js";

/** Must match BuildKit's session/sshforward/sshprovider. */
const DIAL_TIMEOUT_MS = 2_000;

/**
 * Connects to the socket of an SSH agent: a Unix socket, or a named pipe on Windows.
 *
 * @throws {SessionError} `BK_SSH_FAILED`; `signal.reason`.
 */
export async function dialAgentSocket(path: string, { signal }: AbortOptions = {}): Promise<Socket> {
  signal?.throwIfAborted();
  return await new Promise((resolve, reject) => {
    const socket = connect({ path });
    const end = (reason: unknown): void => {
      stopListening();
      socket.destroy();
      reject(reason);
    };
    const onError = (cause: Error): void => end(agentFailed(path, explain(cause), cause));
    socket.once("error", onError);
    socket.setTimeout(DIAL_TIMEOUT_MS, () => end(agentFailed(path, "it does not answer")));
    socket.once("connect", () => {
      stopListening();
      socket.setTimeout(0);
      socket.off("error", onError).on("error", () => {}); // whoever reads it is told
      resolve(socket);
    });
    const stopListening = listenAbort(signal, end);
  });
}

/** Speaks the agent protocol over a socket, which it owns. A signature may wait for the user, so nothing is timed. */
export function connectAgentSocket(socket: Socket, path: string): AgentConnection {
  const answers = readAgentMessages(socket);
  return {
    async ask(request) {
      try {
        socket.write(frameAgentMessage(request));
        const { value } = await answers.next();
        if (value) return value;
      } catch (cause) {
        throw agentFailed(path, cause instanceof Error ? cause.message : String(cause), cause);
      }
      throw agentFailed(path, "it hung up");
    },
    [Symbol.dispose]() {
      socket.destroy();
    },
  };
}

function explain(cause: Error): string {
  const code = "code" in cause ? cause.code : undefined;
  if (code === "ECONNREFUSED") return "no agent listens there";
  if (code === "ENOTSOCK") return "it is not a socket";
  return describeFileError(cause);
}

function agentFailed(path: string, why: string, cause?: unknown): SessionError {
  return new SessionError("BK_SSH_FAILED", `The SSH agent at ${path} cannot be used: ${why}`, { cause });
}
