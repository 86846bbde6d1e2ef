// SPDX-License-Identifier: Apache-2.0
import type { Socket } from "node:net";
import type { AbortOptions } from "@bk/transport";
import type { Environment } from "../environment.js";
import { SessionError } from "../errors.js";
import type { AgentConnection } from "./agent.js";
import { connectAgentSocket, dialAgentSocket } from "./agent-socket.js";
import { connectKeyAgent } from "./key-agent.js";
import { readKeyFile } from "./key-file.js";

/**
 * What stands behind the SSH agent that a build step sees:
 *
 * - an agent's socket, by default that of `SSH_AUTH_SOCK`, of which steps may list keys and ask for signatures;
 * - private key files without passphrases, which this process signs with;
 * - a socket to which bytes are passed as they are: whatever listens there is in the hands of the build.
 */
export type SshSource =
  | { readonly agentSocket?: string | undefined }
  | { readonly keyFiles: readonly string[] }
  | { readonly rawSocket: string };

/** A source that was found usable. */
export type SshAgent =
  | { readonly kind: "agent"; connect(options: AbortOptions): Promise<AgentConnection> }
  | { readonly kind: "raw"; connect(options: AbortOptions): Promise<Socket> };

const WINDOWS_AGENT = String.raw`\\.\pipe\openssh-ssh-agent`;

/**
 * Makes sure that a source can be used: reads its key files, or connects to its socket once.
 *
 * @throws {SessionError} `BK_SSH_FAILED`.
 */
export async function openSshSource(
  source: SshSource,
  { env, signal }: { readonly env: Environment } & AbortOptions,
): Promise<SshAgent> {
  if ("keyFiles" in source) {
    const keys = await Promise.all(source.keyFiles.map(readKeyFile));
    return { kind: "agent", connect: async () => connectKeyAgent(keys) };
  }
  const path = "rawSocket" in source ? source.rawSocket : (source.agentSocket ?? defaultSocket(env));
  (await dialAgentSocket(path, { signal })).destroy();
  const dial = (options: AbortOptions): Promise<Socket> => dialAgentSocket(path, options);
  if ("rawSocket" in source) return { kind: "raw", connect: dial };
  return { kind: "agent", connect: async (options) => connectAgentSocket(await dial(options), path) };
}

function defaultSocket(env: Environment): string {
  const path = env["SSH_AUTH_SOCK"];
  if (path) return path;
  if (process.platform === "win32") return WINDOWS_AGENT;
  throw new SessionError(
    "BK_SSH_FAILED",
    "There is no SSH agent to forward: SSH_AUTH_SOCK is not set. Start one with ssh-agent, or name a socket or a key file",
  );
}
