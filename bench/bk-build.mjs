// SPDX-License-Identifier: Apache-2.0
// One build with bk, for a process of its own: node bk-build.mjs embedded|standalone CONTEXT TAG
import { Client } from "@bk/client";

const [mode, contextDir, tag] = process.argv.slice(2);
const client = mode === "standalone" ? Client.fromEnv() : Client.embedded();
try {
  await client.build({ contextDir, tag });
} finally {
  await client.close();
}
