// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { SolveStatus } from "@bk/solver";
import { expect, onTestFinished, test } from "vitest";
import { logStatus } from "./examples/log-status.js";
import { makeReport } from "./examples/make-report.js";
import { status, vertex } from "./statuses.js";

test.each(["log-status", "make-report"])(
  "the README's example %s is the one that is tested",
  async (name) => {
    const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
    const example = await readFile(new URL(`examples/${name}.ts`, import.meta.url), "utf8");
    const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]?.trim());
    expect(examples).toContain(example.replace(/^\/\/ SPDX.*\n/, "").trim());
  },
);

test("the example of a report makes a page with the steps", async () => {
  async function* statuses(): AsyncGenerator<SolveStatus> {
    yield status({ vertexes: [vertex()] });
  }
  const html = await makeReport(statuses());
  expect(html).toContain("<title>Completed: app:1.0</title>");
  expect(html).toContain('"command":"RUN make"');
});

test("the example writes a line for each message", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "bk-progress-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  async function* statuses(): AsyncGenerator<SolveStatus> {
    yield status({ vertexes: [vertex()] });
    yield status({});
  }
  expect(await logStatus(statuses(), path.join(dir, "status.json"))).toBe(0);
  const lines = (await readFile(path.join(dir, "status.json"), "utf8")).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).vertexes?.[0].name)).toEqual(["[1/2] RUN make", undefined]);
});
