#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { readVersion } from "./version.js";

// The reader of a pipe may leave at any time.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

const args = process.argv.slice(2);
// Scripts ask for it, and nothing else need be loaded to answer.
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  process.stdout.write(`${readVersion()}\n`);
} else {
  void import("./start.js").then(({ start }) => start(args));
}
