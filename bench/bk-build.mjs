// SPDX-License-Identifier: Apache-2.0
// One build with bk, for a process of its own: node bk-build.mjs embedded|standalone STALL_FILE BUILD_OPTIONS_JSON
// The longest stall of the event loop, in milliseconds, goes into STALL_FILE.
import { writeFile } from "node:fs/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Client } from "@bk/client";

const RESOLUTION_MS = 10;

const [mode, stallFile, options] = process.argv.slice(2);
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
const client = mode === "standalone" ? Client.fromEnv() : Client.embedded();
try {
  await client.build(JSON.parse(options));
} finally {
  await client.close();
}
delay.disable();
// What is recorded is the time from one tick of the sampler to the next.
await writeFile(stallFile, String(Math.max(0, delay.max / 1e6 - RESOLUTION_MS)));
