// SPDX-License-Identifier: Apache-2.0
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import type { AbortOptions } from "../abort.js";
import type { Dialer } from "../dialer.js";
import { TransportError } from "../errors.js";
import { waitForEnd } from "./child-end.js";
import type { Command } from "./command.js";
import { type ProgramAttempt, programFailure } from "./failure.js";
import { findProgram } from "./find-program.js";
import { killGroup } from "./kill-group.js";
import { ProgramStream } from "./program-stream.js";

export interface CommandDialerOptions {
  readonly endpoint: string;
  readonly command: Command;
  /** The program's environment, and where its PATH is, of which absolute folders count. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts a program for each connection and speaks through its standard input and output. No shell is involved.
 * The program is in a session of its own: neither Ctrl-C nor a prompt for a password reaches it.
 *
 * `dial` throws TransportError `BK_PROGRAM_NOT_FOUND`. A program that ends with a failure is the stream's error:
 * `BK_COMMAND_FAILED`, or what its last words stand for.
 */
export function createCommandDialer({ endpoint, command, env }: CommandDialerOptions): Dialer {
  const { program, args } = command;
  const attempt = { endpoint, program, commandLine: [program, ...args].join(" ") };
  return {
    endpoint,
    async dial({ signal }: AbortOptions = {}): Promise<Duplex> {
      signal?.throwIfAborted();
      const stream = createStream(await start(command, env, attempt), attempt);
      if (signal?.aborted === true) {
        stream.destroy();
        signal.throwIfAborted();
      }
      return stream;
    },
  };
}

async function start(
  { program, args }: Command,
  env: CommandDialerOptions["env"],
  attempt: ProgramAttempt,
): Promise<ChildProcessWithoutNullStreams> {
  const file = await findProgram(program, env);
  if (file === undefined) throw notFoundError(attempt);
  try {
    const detached = process.platform !== "win32";
    const child = spawn(file, args, { env, detached, windowsHide: true });
    await once(child, "spawn");
    child.on("error", () => {}); // Windows may refuse to end it; its end is waited for all the same
    return child;
  } catch (cause) {
    throw startError(cause, attempt);
  }
}

function createStream(child: ChildProcessWithoutNullStreams, attempt: ProgramAttempt): ProgramStream {
  return new ProgramStream({
    stdin: child.stdin,
    stdout: child.stdout,
    ended: waitForEnd(child),
    kill: () => {
      killGroup(child);
      child.stdin.destroy();
      child.stdout.destroy();
    },
    explainEnd: (end, receivedBytes) => programFailure(end, receivedBytes, attempt),
  });
}

const providers: Readonly<Record<string, string>> = {
  ssh: "Install OpenSSH's client",
  kubectl: "Install kubectl",
  podman: "Install Podman",
  nerdctl: "Install nerdctl",
};

function notFoundError({ endpoint, program }: ProgramAttempt): TransportError {
  return new TransportError(
    "BK_PROGRAM_NOT_FOUND",
    `Cannot connect to ${endpoint}: there is no program ${program} on the PATH. ${providers[program] ?? "Install it"}, or check PATH, of whose folders the absolute ones count`,
    { endpoint },
  );
}

function startError(cause: unknown, { endpoint, program }: ProgramAttempt): TransportError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const text = `Cannot connect to ${endpoint}: ${program} could not be started (${why}). Try it by hand`;
  return new TransportError("BK_COMMAND_FAILED", text, { cause, endpoint });
}
