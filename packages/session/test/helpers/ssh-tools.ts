// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { opensshEnv } from "@bk/testing";
import { createBytesFramer, decodeBytesMessage } from "../../src/bytes-message.js";
import type { SessionPair } from "./session-pair.js";

const run = promisify(execFile);

/** Runs one of OpenSSH's tools, without an agent of the user's. Rejects when it fails. */
export function runTool(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return run(command, [...args], { env: { ...opensshEnv(), SSH_AUTH_SOCK: undefined, ...env } });
}

/** Makes a key with OpenSSH's own tool. Returns the file's path. */
export async function makeKey(dir: string, name: string, args: readonly string[]): Promise<string> {
  const file = join(dir, name);
  await runTool("ssh-keygen", ["-q", "-N", "", "-f", file, ...args]);
  return file;
}

/** Runs one of OpenSSH's tools with an agent. Resolves to what it printed; rejects when it fails. */
export async function runWithAgent(
  socket: string,
  command: string,
  args: readonly string[],
): Promise<string> {
  const { stdout, stderr } = await runTool(command, args, { SSH_AUTH_SOCK: socket });
  return stdout + stderr;
}

export interface StepSocket extends AsyncDisposable {
  readonly path: string;
}

/** The socket that a build step would find, forwarded over the session as the daemon does it. */
export async function mountAgent({ peer }: SessionPair, dir: string, id = "default"): Promise<StepSocket> {
  const path = join(dir, "step.sock");
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const call = peer.call("/moby.sshforward.v1.SSH/ForwardAgent", { "buildkit.ssh.id": id });
    const frame = createBytesFramer();
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => call.stream.write(Buffer.from(frame([chunk]))));
    socket.on("end", () => call.endRequests());
    void copyAnswers(call.messages, socket);
  });
  server.listen(path);
  await once(server, "listening");
  return { path, [Symbol.asyncDispose]: () => close(server) };
}

async function copyAnswers(messages: AsyncIterable<Buffer>, socket: Socket): Promise<void> {
  try {
    for await (const message of messages) socket.write(Buffer.from(decodeBytesMessage(message)));
  } finally {
    socket.end();
  }
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}
