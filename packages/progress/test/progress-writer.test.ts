// SPDX-License-Identifier: Apache-2.0
import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createProgressWriter } from "../src/progress-writer.js";
import { log, SECOND, status, vertex } from "./statuses.js";

/** Keeps what is written to it. */
function collect(): Writable & { readonly text: string } {
  const pieces: Buffer[] = [];
  const output = new Writable({
    write(piece: Buffer, _encoding, done) {
      pieces.push(piece);
      done();
    },
  });
  return Object.defineProperty(output, "text", {
    get: () => Buffer.concat(pieces).toString(),
  }) as Writable & {
    readonly text: string;
  };
}

test("writes plain text by default, and keeps the output open", () => {
  const output = collect();
  const writer = createProgressWriter(output, { title: "building" });
  writer.update(status({ vertexes: [vertex({ completedNs: 2n * SECOND })] }));
  writer.end();
  writer.update(status({ logs: [log("late\n")] }));

  expect(output.text).toBe("#0 building\n\n#1 [1/2] RUN make\n#1 DONE 1.0s\n");
  expect(output.writableEnded).toBe(false);
  expect(output.listenerCount("error")).toBe(0);
});

test("writes a line of JSON for each message", () => {
  const output = collect();
  using writer = createProgressWriter(output, { mode: "rawjson" });
  writer.update(status({}));
  writer.update(status({ logs: [log("x")] }));
  expect(output.text).toMatch(/^\{\}\n\{"logs":\[.*\]\}\n$/);
});

test("an output that nobody reads holds 4 MiB and a piece at most, and what is left out is counted", () => {
  const output = new Writable({ write() {} });
  using writer = createProgressWriter(output, { mode: "rawjson" });
  for (let index = 0; index < 20; index++) writer.update(status({ logs: [log("x".repeat(1 << 20))] }));
  expect(output.writableLength).toBeLessThan(6 << 20);
  expect(writer.dropped).toBeGreaterThan(10);
});

test("an output that is gone does not fail the build", async () => {
  const output = new Writable();
  using writer = createProgressWriter(output);
  output.destroy(new Error("gone"));
  await new Promise((resolve) => output.once("close", resolve));
  expect(() => writer.update(status({ vertexes: [vertex()] }))).not.toThrow();
});
