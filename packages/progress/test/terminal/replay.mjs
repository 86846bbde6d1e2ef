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

const writers = [];
const writerOf = (build) => (writers[build] ??= createProgressWriter(process.stdout, { mode: "tty" }));
for (const { atMs = nowMs, build = 0, status, end, hold } of steps) {
  nowMs = atMs;
  if (status) writerOf(build).update({ vertexes: [], statuses: [], logs: [], warnings: [], ...status });
  if (end) writerOf(build).end();
  if (hold) await writeFile(`${hold}.reached`, "");
  while (hold && !existsSync(hold)) await delay(POLL_MS);
}
for (const writer of writers) writer.end();
