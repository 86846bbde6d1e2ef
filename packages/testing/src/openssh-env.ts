// SPDX-License-Identifier: Apache-2.0
import path from "node:path";
import { findEngine } from "./engine/engine.js";

/**
 * The environment of this process, with which OpenSSH's tools (`ssh-keygen`, `ssh-agent`, `ssh-add`) are found: this
 * machine's own, or else those that were unpacked with the engine.
 */
export function opensshEnv(): NodeJS.ProcessEnv {
  const found = findEngine();
  const unpacked = "engine" in found ? found.engine.openssh : undefined;
  if (!unpacked) return process.env;
  const folders = [process.env["PATH"] ?? "", path.join(unpacked, "usr/bin")];
  return { ...process.env, PATH: folders.join(path.delimiter) };
}
