// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";

/**
 * Runs a command to its end and returns its standard output. Rejects with what it printed when it cannot
 * be started or exits with another code than 0.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(stdout);
      else
        reject(
          new Error(`${command} ${args.join(" ")}: ${signal ?? `exit code ${code}`}\n${stderr || stdout}`),
        );
    });
  });
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<boolean>} whether it ran and exited with 0
 */
export function succeeds(command, args) {
  return run(command, args).then(
    () => true,
    () => false,
  );
}
