// SPDX-License-Identifier: Apache-2.0
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { createProgressWriter } from "@bk/progress";
import type { SolveStatus } from "@bk/solver";

/** Writes a build's status to a file, one line of JSON for each message, and gives how much was left out. */
export async function logStatus(statuses: AsyncIterable<SolveStatus>, file: string): Promise<number> {
  const output = createWriteStream(file);
  const writer = createProgressWriter(output, { mode: "rawjson" });
  for await (const status of statuses) writer.update(status);
  writer.end();
  output.end();
  await finished(output);
  return writer.dropped;
}
