// SPDX-License-Identifier: Apache-2.0
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { type AbortOptions, findProgram, listenAbort } from "@bk/transport";
import type { Environment } from "../environment.js";
import { SessionError } from "../errors.js";
import { parseHelperAnswer } from "./helper-answer.js";
import type { HelperAnswer } from "./lookup.js";

const TIMEOUT_MS = 30_000;
const MAX_STDOUT_BYTES = 1 << 20;

export interface HelperRequest extends AbortOptions {
  /** The part of the program's name behind `docker-credential-`. */
  readonly helper: string;
  readonly serverUrl: string;
  /** Where the program is looked for: in the absolute folders of PATH. */
  readonly env: Environment;
}

/**
 * Asks a credential helper for the credentials of one server. The program is given the server on stdin and no
 * shell, gets 30 s and may print 1 MiB.
 *
 * @throws {SessionError} `BK_CREDENTIALS_FAILED`.
 */
export async function askCredentialHelper({
  helper,
  serverUrl,
  env,
  signal,
}: HelperRequest): Promise<HelperAnswer> {
  signal?.throwIfAborted();
  // The name comes from a file; it must not lead out of the folders of PATH.
  if (!/^[A-Za-z0-9._-]+$/.test(helper)) {
    throw new SessionError(
      "BK_CREDENTIALS_FAILED",
      "The Docker config names a credential helper that cannot exist",
    );
  }
  const program = `docker-credential-${helper}`;
  const file = await findHelper(program, env);
  signal?.throwIfAborted();
  const child = await start(file, { program, env });
  return parseHelperAnswer({ program, ...(await collect(child, program, serverUrl, signal)) });
}

async function findHelper(program: string, env: Environment): Promise<string> {
  const file = await findProgram(program, env);
  if (file !== undefined) return file;
  throw new SessionError(
    "BK_CREDENTIALS_FAILED",
    `The Docker config names the credential helper ${program}, which is in no folder of PATH. ` +
      "Install it, or take it out of credsStore or credHelpers",
  );
}

async function start(
  file: string,
  { program, env }: { readonly program: string; readonly env: Environment },
): Promise<ChildProcessWithoutNullStreams> {
  try {
    const child = spawn(file, ["get"], {
      env: { ...env },
      stdio: "pipe",
      shell: false,
      windowsHide: true,
      // A process group of its own, so that whatever it starts is ended with it.
      detached: process.platform !== "win32",
    });
    await once(child, "spawn"); // without it, there may be no pipes
    return child;
  } catch (cause) {
    throw helperFailed(program, "could not be started", cause);
  }
}

/** Feeds the program and waits for its end; whatever else happens first ends its process group. */
function collect(
  child: ChildProcessWithoutNullStreams,
  program: string,
  input: string,
  signal: AbortSignal | undefined,
): Promise<{ exitCode: number | null; stdout: string }> {
  const { promise, resolve, reject } = withResolvers<{ exitCode: number | null; stdout: string }>();
  const chunks: Buffer[] = [];
  let size = 0;
  const stop = (reason: unknown): void => {
    killGroup(child);
    reject(reason);
  };
  const fail = (what: string, cause?: Error): void => stop(helperFailed(program, what, cause));
  const timer = setTimeout(() => fail(`did not answer within ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);
  child.stdout.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_STDOUT_BYTES) fail(`printed more than ${MAX_STDOUT_BYTES} bytes`);
    else chunks.push(chunk);
  });
  child.stderr.resume();
  // A program that does not read its stdin is judged by how it ends.
  child.stdin.on("error", () => {});
  child.on("error", (cause) => fail("could not be ended", cause));
  child.on("close", (exitCode) => resolve({ exitCode, stdout: Buffer.concat(chunks).toString("utf8") }));
  child.stdin.end(input);
  const stopListening = listenAbort(signal, stop);
  return promise.finally(() => {
    clearTimeout(timer);
    stopListening();
  });
}

function killGroup(child: ChildProcessWithoutNullStreams): void {
  try {
    if (process.platform !== "win32" && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    else child.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
  // A pipe that a stray grandchild still holds must not keep this process alive.
  child.stdout.destroy();
  child.stderr.destroy();
  child.stdin.destroy();
}

function helperFailed(program: string, what: string, cause: unknown): SessionError {
  return new SessionError("BK_CREDENTIALS_FAILED", `The credential helper ${program} ${what}`, { cause });
}

function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: unknown) => void;
} {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
