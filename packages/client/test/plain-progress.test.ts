// SPDX-License-Identifier: Apache-2.0
import { Writable } from "node:stream";
import type { SolveStatus, Vertex } from "@bk/solver";
import { describe, expect, test } from "vitest";
import { createPlainProgress } from "../src/plain-progress.js";
import { textOutput } from "./helpers/text-output.js";

const second = 1_000_000_000n;

function status(part: Partial<SolveStatus>): SolveStatus {
  return { vertexes: [], statuses: [], logs: [], warnings: [], ...part };
}

function vertex(part: Partial<Vertex>): Vertex {
  return {
    digest: "a",
    inputs: [],
    name: "[1/2] RUN make",
    cached: false,
    startedNs: second,
    completedNs: undefined,
    error: undefined,
    progressGroup: undefined,
    ...part,
  };
}

function log(text: string) {
  return { vertex: "a", stream: 1, data: Buffer.from(text), timestampNs: 2n * second };
}

describe("createPlainProgress()", () => {
  test("shows a step, its output line by line, and how it ended", () => {
    const output = textOutput();
    const progress = createPlainProgress(output);

    progress.update(status({ vertexes: [vertex({})] }));
    progress.update(status({ logs: [log("one\ntw")] }));
    progress.update(status({ logs: [log("o\n")] }));
    progress.update(status({ vertexes: [vertex({ completedNs: 4n * second })] }));
    progress.end();

    expect(output.text).toBe("#1 [1/2] RUN make\n#1 1.000 one\n#1 1.000 two\n#1 DONE 3.0s\n");
  });

  test("shows the end of a step's output that has no line break", () => {
    const output = textOutput();
    const progress = createPlainProgress(output);

    progress.update(status({ vertexes: [vertex({})], logs: [log("why it failed")] }));
    progress.update(status({ vertexes: [vertex({ error: "exit code: 1" })] }));

    expect(output.text).toBe("#1 [1/2] RUN make\n#1 1.000 why it failed\n#1 ERROR: exit code: 1\n");
  });

  test("shows a warning with its step", () => {
    const output = textOutput();
    const progress = createPlainProgress(output);
    const warning = {
      vertex: "a",
      level: 1,
      short: "Old syntax\u001b[2J",
      detail: [],
      url: undefined,
      source: undefined,
      sourceInfo: undefined,
      ranges: [],
    };

    progress.update(status({ vertexes: [vertex({})], warnings: [warning] }));

    expect(output.text).toBe("#1 [1/2] RUN make\n#1 WARNING: Old syntax\n");
  });

  test("shows cached and failed steps", () => {
    const output = textOutput();
    const progress = createPlainProgress(output);

    progress.update(status({ vertexes: [vertex({ cached: true })] }));
    progress.update(status({ vertexes: [vertex({ digest: "b", name: "RUN b", error: "exit code: 1" })] }));

    expect(output.text).toBe("#1 [1/2] RUN make\n#1 CACHED\n\n#2 RUN b\n#2 ERROR: exit code: 1\n");
  });

  test("lets colours through and nothing else that a terminal acts on", () => {
    const output = textOutput();
    const progress = createPlainProgress(output);

    progress.update(status({ vertexes: [vertex({ name: "RUN \x1b]0;title\x07x" })] }));
    progress.update(status({ logs: [log("\x1b[31mred\x1b[0m \x1b[2Jcleared\x07 50%\r100%\n")] }));

    expect(output.text).toBe("#1 RUN x\n#1 1.000 100%\n");
    progress.update(status({ logs: [log("\x1b[31mred\x1b[0m\x1b[2J\x1bc\x9b1m\n")] }));
    expect(output.text.endsWith("\x1b[31mred\x1b[0m1m\n")).toBe(true);
  });

  test("drops lines of an output that nobody reads, and says how many", () => {
    const written: string[] = [];
    let resume = () => {};
    const output = new Writable({
      write(chunk: Buffer, _encoding, done) {
        written.push(chunk.toString());
        if (written.length === 1) resume = done;
        else done();
      },
    });
    const progress = createPlainProgress(output);
    progress.update(status({ vertexes: [vertex({})] }));
    const line = `${"x".repeat(60_000)}\n`;
    for (let index = 0; index < 100; index++) progress.update(status({ logs: [log(line)] }));
    expect(output.writableLength).toBeLessThan(5 << 20);

    resume();
    progress.update(status({ logs: [log("last\n")] }));

    expect(written.at(-2)).toMatch(/^\.\.\. \d+ lines were not shown/);
    expect(written.at(-1)).toContain("last");
  });
});
