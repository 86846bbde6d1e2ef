// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { root } from "./workspace.mjs";

/**
 * Runs one program to its end and keeps what it printed. Never rejects: a program that cannot be started is
 * a result with code 127.
 */
export function run(command, args, { cwd = root, env = process.env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    const output = () => Buffer.concat(chunks).toString("utf8");
    child.on("error", (error) => resolve({ code: 127, output: `${output()}${error.message}\n` }));
    child.on("close", (code, signal) => resolve({ code: code ?? 1, output: output(), signal }));
  });
}

/** Milliseconds as people read them: "0.4s", "12.3s". */
export function formatSeconds(ms) {
  return `${(ms / 1000).toFixed(1)}s`;
}

/** Runs one phase, prints one line for it, and the program's whole output only when it failed. */
export async function runPhase(name, command, args, options) {
  const startedAt = performance.now();
  const result = await run(command, args, options);
  const took = formatSeconds(performance.now() - startedAt);
  if (result.code === 0) {
    console.log(`${name}: done in ${took}`);
  } else {
    console.log(`${name}: failed after ${took} (exit code ${result.code})\n${result.output}`);
  }
  return result.code === 0;
}
