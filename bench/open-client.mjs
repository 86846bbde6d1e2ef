// SPDX-License-Identifier: Apache-2.0
// Builds with one client whenever its parent says so: open-client.mjs embedded|standalone BUILD_OPTIONS_JSON
// Answers each message with what the build needed; the first answer says that it is ready.
import { Writable } from "node:stream";
import { Client } from "@bk/client";

const [mode, options] = process.argv.slice(2);
const output = new Writable({ write: (_chunk, _encoding, done) => done() });
const client = mode === "standalone" ? Client.fromEnv() : Client.embedded();

process.on("message", () => void buildMeasured());
process.on("disconnect", () => void client.close());
process.send("ready");

async function buildMeasured() {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await client.build({ ...JSON.parse(options), output });
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);
  process.send({
    wallMs,
    cpuMs: (user + system) / 1000,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  });
}
