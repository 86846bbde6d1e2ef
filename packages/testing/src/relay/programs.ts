// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";

/** Path of a program of this folder. Tests of this package run from src, where there is no JavaScript to start. */
export function relayProgram(name: "relay-main" | "dial-stdio-main"): string {
  const path = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  return path.replace(/([\\/])src([\\/])/, "$1dist$2");
}

/** A shell command that joins its standard streams to a unix socket, as `buildctl dial-stdio` does. */
export function dialStdioCommand(socketPath: string): string {
  return [process.execPath, relayProgram("dial-stdio-main"), socketPath].map((word) => `'${word}'`).join(" ");
}
