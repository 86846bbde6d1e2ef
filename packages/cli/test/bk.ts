// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

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
  readonly cwd?: string;
  readonly nodeArgs?: readonly string[];
  /** Interrupts the command when its stderr holds this text. */
  readonly interruptAt?: string;
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
  child.stdin.end(options.stdin);
  const { interruptAt = "" } = options;
  let waitsForText = interruptAt !== "";
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
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
