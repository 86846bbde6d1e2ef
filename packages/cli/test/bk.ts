// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type TmpDir, tmpDir } from "@bk/testing";

const main = fileURLToPath(new URL("../dist/main.cjs", import.meta.url));

export interface BkResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BkOptions {
  /** Added to an environment that names no daemon. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the command finds on stdin, and then its end. Without it, stdin is empty. */
  readonly stdin?: string | Uint8Array;
  /** Leaves stdin open behind that. */
  readonly stdinStaysOpen?: boolean;
  /** How stdout is told. Default utf8. */
  readonly encoding?: BufferEncoding;
  /** Nobody reads stdout, from the beginning. */
  readonly stdoutIsLeft?: boolean;
  readonly cwd?: string;
  readonly nodeArgs?: readonly string[];
  /** Interrupts the command when its stderr holds this text. */
  readonly interruptAt?: string;
  /** Interrupts the command when this resolves. */
  readonly interruptWhen?: Promise<unknown>;
}

/** Runs the built command as a user would. */
export function runBk(args: readonly string[], options: BkOptions = {}): Promise<BkResult> {
  const { BUILDKIT_HOST: _, DOCKER_HOST: _1, DOCKER_CONTEXT: _2, ...inherited } = process.env;
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), main, ...args], {
    env: { ...inherited, DOCKER_CONFIG: "/nonexistent", ...options.env },
    cwd: options.cwd,
    stdio: "pipe",
  });
  child.stdin.on("error", () => {}); // a command may end before it has read all
  if (options.stdin !== undefined) child.stdin.write(options.stdin);
  if (options.stdinStaysOpen !== true) child.stdin.end();
  void options.interruptWhen?.then(() => child.kill("SIGINT"));
  const { interruptAt = "" } = options;
  let waitsForText = interruptAt !== "";
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding(options.encoding ?? "utf8").on("data", (text: string) => {
    stdout += text;
  });
  if (options.stdoutIsLeft === true) child.stdout.destroy();
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (waitsForText && stderr.includes(interruptAt)) {
      waitsForText = false;
      child.kill("SIGINT");
    }
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/**
 * A folder for the PATH with an `ssh` that leads to no other machine: it runs `bk dial-stdio` here, with the variables
 * that a machine over there would have.
 */
export async function sshStandIn(env: Readonly<Record<string, string>>): Promise<TmpDir> {
  const dir = await tmpDir();
  const variables = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
  // What this process was given for its own BuildKit would lead here again.
  const script = `#!/bin/sh\nexec env -u BUILDKIT_HOST ${variables.join(" ")} '${process.execPath}' '${main}' dial-stdio\n`;
  await writeFile(dir.join("ssh"), script, { mode: 0o755 });
  return dir;
}
