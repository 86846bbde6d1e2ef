// SPDX-License-Identifier: Apache-2.0
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import path from "node:path";
import type { AbortOptions } from "@bk/transport";
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
  /** Its PATH is where the program is looked for. */
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
  const file = await findProgram(program, env);
  signal?.throwIfAborted();
  const child = spawn(file, ["get"], {
    env: { ...env },
    stdio: "pipe",
    shell: false,
    windowsHide: true,
    // A process group of its own, so that whatever it starts is ended with it.
    detached: process.platform !== "win32",
  });
  return parseHelperAnswer({ program, ...(await collect(child, program, serverUrl, signal)) });
}

/** Only absolute folders of PATH count: a helper must never come from the folder that is being built. */
async function findProgram(program: string, env: Environment): Promise<string> {
  const name = process.platform === "win32" ? `${program}.exe` : program;
  for (const folder of (env["PATH"] ?? "").split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    const file = path.join(folder, name);
    if (await isExecutable(file)) return file;
  }
  throw new SessionError(
    "BK_CREDENTIALS_FAILED",
    `The Docker config names the credential helper ${program}, which is in no folder of PATH. ` +
      "Install it, or take it out of credsStore or credHelpers",
  );
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
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
  const fail = (what: string, cause?: Error): void =>
    stop(new SessionError("BK_CREDENTIALS_FAILED", `The credential helper ${program} ${what}`, { cause }));
  const onAbort = (): void => stop(signal?.reason);
  const timer = setTimeout(() => fail(`did not answer within ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);
  signal?.addEventListener("abort", onAbort, { once: true });
  child.stdout.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_STDOUT_BYTES) fail(`printed more than ${MAX_STDOUT_BYTES} bytes`);
    else chunks.push(chunk);
  });
  child.stderr.resume();
  // A program that does not read its stdin is judged by how it ends.
  child.stdin.on("error", () => {});
  child.on("error", (cause) => fail("could not be started", cause));
  child.on("close", (exitCode) => resolve({ exitCode, stdout: Buffer.concat(chunks).toString("utf8") }));
  child.stdin.end(input);
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
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
