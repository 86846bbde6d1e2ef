// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { dialBuildkit } from "../command/command.js";
import { programFailure } from "../command/failure.js";
import type { ProgramEnd, RunningProgram } from "../command/program-stream.js";
import { createTail } from "../command/tail.js";
import { whenClosed } from "../command/when-closed.js";
import { connectionLostError } from "../node-errors.js";
import { Demultiplexer } from "./demultiplex.js";
import type { DockerEndpoint } from "./endpoint.js";
import { dockerJson } from "./json.js";
import { withinConnectTimeout } from "./time-limit.js";

export interface ExecOptions {
  readonly docker: DockerEndpoint;
  /** Docker's id of the exec. */
  readonly id: string;
  readonly endpoint: string;
  readonly container: string;
}

/** A program in a container, behind the connection that was upgraded when it was started. */
export function runExec(socket: Duplex, options: ExecOptions): RunningProgram {
  const { endpoint, container } = options;
  const tail = createTail();
  const stdout = new Demultiplexer({ endpoint, onStderr: tail.push });
  const closing = new AbortController();
  let failure: unknown;
  const attempt = {
    endpoint,
    program: "buildctl in the container",
    commandLine: ["docker", "exec", "-i", container, ...dialBuildkit].join(" "),
  };
  async function waitForEnd(): Promise<ProgramEnd> {
    try {
      await readAll(socket, stdout);
      const exitCode = await readExitCode(options, closing.signal);
      return { exitCode, stderr: tail.text() };
    } catch (cause) {
      failure = cause;
      return { exitCode: undefined, stderr: tail.text() };
    } finally {
      socket.destroy();
    }
  }
  return {
    stdin: socket,
    stdout,
    ended: waitForEnd(),
    kill: () => {
      closing.abort();
      socket.destroy();
      stdout.destroy();
    },
    explainEnd(end, receivedBytes) {
      if (failure !== undefined) return connectionLostError(failure, endpoint);
      return programFailure(end, receivedBytes, attempt);
    },
  };
}

/** Resolves when the connection has ended and what came over it was taken out of the demultiplexer. */
async function readAll(socket: Duplex, stdout: Demultiplexer): Promise<void> {
  socket.on("error", () => {});
  const closed = whenClosed(stdout);
  await pipeline(socket, stdout);
  await closed;
}

/** Docker knows the code before it hangs up. When it cannot be asked, the end counts as an ordinary one. */
async function readExitCode({ docker, id, endpoint }: ExecOptions, signal: AbortSignal): Promise<number> {
  const limit = { endpoint, waitedFor: "Docker's answer", signal };
  const exec = await withinConnectTimeout(limit, (limited) =>
    dockerJson(docker, { method: "GET", path: `/exec/${id}/json` }, { signal: limited }),
  ).catch(() => undefined);
  const code = exec?.["ExitCode"];
  return typeof code === "number" ? code : 0;
}
