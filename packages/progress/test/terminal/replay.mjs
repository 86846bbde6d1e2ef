// SPDX-License-Identifier: Apache-2.0
// Shows the messages of a JSON file on this terminal, on a clock that only the file moves.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { createProgressWriter } from "@bk/progress";

const POLL_MS = 10;
let nowMs = 0;
performance.now = () => nowMs;

const steps = JSON.parse(await readFile(process.argv[2], "utf8"), (key, value) => {
  if (key.endsWith("Ns") && typeof value === "string") return BigInt(value);
  return key === "data" && typeof value === "string" ? Buffer.from(value, "base64") : value;
});

const writer = createProgressWriter(process.stdout, { mode: "tty" });
for (const { atMs = nowMs, status, hold } of steps) {
  nowMs = atMs;
  if (status) writer.update({ vertexes: [], statuses: [], logs: [], warnings: [], ...status });
  if (hold) await writeFile(`${hold}.reached`, "");
  while (hold && !existsSync(hold)) await delay(POLL_MS);
}
writer.end();
