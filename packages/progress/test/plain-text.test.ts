// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus } from "@bk/solver";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createPlainText } from "../src/plain-text.js";
import { anyStatus, log, SECOND, status, vertex } from "./statuses.js";

function show(statuses: readonly SolveStatus[], everyMs = 120): string {
  const plain = createPlainText();
  const pieces = statuses.map((message, index) => plain.update(message, index * everyMs));
  return Buffer.concat([...pieces, plain.end(statuses.length * everyMs)]).toString();
}

test("shows a step, its output line by line, and how it ended", () => {
  expect(
    show([
      status({ vertexes: [vertex()] }),
      status({ logs: [log("one\ntw")] }),
      status({ logs: [log("o\n")] }),
      status({ vertexes: [vertex({ completedNs: 4n * SECOND })] }),
    ]),
  ).toBe("#1 [1/2] RUN make\n#1 1.000 one\n#1 1.000 two\n#1 DONE 3.0s\n");
});

test("repeats the last lines of a step that failed", () => {
  const lines = Array.from({ length: 12 }, (_, index) => `line ${index + 1}\n`).join("");
  const text = show([
    status({ vertexes: [vertex()] }),
    status({ logs: [log(lines)] }),
    status({ vertexes: [vertex({ completedNs: 2n * SECOND, error: "exit code: 1" })] }),
  ]);
  const end = text.slice(text.indexOf("#1 ERROR"));
  expect(end).toMatch(/^#1 ERROR: exit code: 1\n------\n > \[1\/2\] RUN make:\n1\.000 line 3\n/);
  expect(end).toMatch(/1\.000 line 12\n------\n$/);
});

test("gives a group that takes the place of the step in front a number of its own", () => {
  const progressGroup = { id: "a", name: "all of it", weak: false };
  expect(
    show([
      status({ vertexes: [vertex()] }),
      status({ vertexes: [vertex({ digest: "b", progressGroup })], logs: [log("hello\n")] }),
    ]),
  ).toBe("#1 [1/2] RUN make\n#2 1.000 hello\n");
});

test("does not take the step without a digest for one that was in front", () => {
  expect(
    show([
      status({ vertexes: [vertex({ digest: "" })] }),
      status({ vertexes: [vertex({ digest: "b", name: "other" })] }),
    ]),
  ).not.toContain("...");
});

test("repeats 64 KiB of a longer line", () => {
  const text = show([
    status({ vertexes: [vertex()] }),
    status({ logs: [log(`${"x".repeat(100_000)}\n`)] }),
    status({ vertexes: [vertex({ completedNs: 2n * SECOND, error: "exit code: 1" })] }),
  ]);
  expect(text.slice(0, text.indexOf("#1 ERROR"))).toHaveLength(
    "#1 [1/2] RUN make\n#1 1.000 \n".length + 100_000,
  );
  expect(text.slice(text.indexOf("1.000 x", text.indexOf("#1 ERROR")))).toHaveLength(
    65_536 + "\n------\n".length,
  );
});

test("shows messages that come close together at once", () => {
  const plain = createPlainText();
  plain.update(status({ vertexes: [vertex()] }), 0);
  expect(plain.update(status({ logs: [log("hello\n")] }), 10)).toHaveLength(0);
  expect(Buffer.from(plain.refresh(160)).toString()).toBe("#1 1.000 hello\n");
});

test("keeps 16 MiB of output at most while another step is in front, and counts the rest", () => {
  const plain = createPlainText();
  const chatty = vertex({ digest: "b", name: "other" });
  plain.update(status({ vertexes: [chatty] }), 0);
  plain.update(status({ vertexes: [vertex()] }), 120);
  const piece = log(`${"x".repeat((1 << 20) - 1)}\n`);
  let shown = 0;
  for (let index = 0; index < 20; index++)
    shown += plain.update(status({ logs: [piece] }), 121 + index).length;
  expect(shown).toBe(0);
  expect(plain.dropped).toBeGreaterThanOrEqual(4);
  expect(plain.dropped).toBeLessThan(8);
});

test("tells at the end how many pieces of output are missing", () => {
  const end = (pieces: number, lineEnd: string) => {
    const piece = log(`${"x".repeat((6 << 20) - 1)}${lineEnd}`);
    const logs = Array.from({ length: pieces }, () => piece);
    return show([status({ vertexes: [vertex()] }), status({ logs })]).slice(-100);
  };
  expect(end(2, "\n")).toMatch(/x\n$/);
  const note = "not shown: too much waited to be shown";
  expect(end(3, "\n")).toMatch(new RegExp(`x\n\\.\\.\\. 1 piece of output was ${note}\n$`));
  expect(end(4, "")).toMatch(new RegExp(`x\n\\.\\.\\. 2 pieces of output were ${note}\n$`));
});

test("a step that prints without line breaks is never silenced", () => {
  const plain = createPlainText();
  const bar = `\r${"progress ".repeat(7000)}`;
  let shown = plain.update(status({ vertexes: [vertex()] }), 0).length;
  const before = shown;
  for (let index = 1; index <= 300; index++) {
    const bytes = plain.update(status({ logs: [log(bar)] }), index * 120);
    expect(bytes.length).toBeGreaterThanOrEqual(bar.length);
    shown += bytes.length;
  }
  expect(shown - before).toBe(300 * bar.length + "#1 1.000 ".length);
  expect(plain.dropped).toBe(0);
});

test("many steps with long lines that go on silence nobody", () => {
  const plain = createPlainText();
  let nowMs = 0;
  const tell = (part: Partial<SolveStatus>) => {
    nowMs += 20_000;
    return Buffer.from(plain.update(status(part), nowMs));
  };
  let text = "";
  for (let index = 0; index < 40; index++) {
    const digest = `s${index}`;
    tell({ vertexes: [vertex({ digest })] });
    tell({ logs: [log(`${index}:${"x".repeat(1_000_000)}`, digest)] });
    text = tell({ vertexes: [vertex({ digest, completedNs: 2n * SECOND })] }).toString();
  }
  expect(text).toContain("DONE");
  expect(plain.dropped).toBe(0);
});

test("a line that goes on is shown again in full up to 1 MiB, and its end beyond that", () => {
  for (const [size, again] of [
    [1000, /^#1 1\.000 a{1000}b\n/],
    [2 << 20, /^#1 1\.000 \.\.\.a{1024}b\n/],
  ] as const) {
    const plain = createPlainText();
    const other = vertex({ digest: "b", name: "other" });
    plain.update(status({ vertexes: [vertex()] }), 0);
    plain.update(status({ logs: [log("a".repeat(size))] }), 200);
    plain.update(status({ vertexes: [other, { ...other, completedNs: 3n * SECOND }] }), 400);
    const text = Buffer.from(plain.update(status({ logs: [log("b\n")] }), 600)).toString();
    expect(text.slice(text.indexOf("#1 1.000"))).toMatch(again);
  }
});

test("whatever a daemon sends, nothing throws", { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyStatus(), fc.nat(20_000))), (messages) => {
      const plain = createPlainText();
      let nowMs = 0;
      for (const [message, waitMs] of messages) {
        nowMs += waitMs;
        plain.update(message, nowMs);
        plain.refresh(nowMs + 150);
      }
      plain.end(nowMs);
    }),
  );
});
