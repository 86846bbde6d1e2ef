// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { resolveMode } from "../src/progress-mode.js";

const pipe = new PassThrough();
const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });

test("auto is tty on a terminal that people watch, and plain elsewhere", () => {
  expect(resolveMode("auto", terminal, { TERM: "xterm" })).toBe("tty");
  expect(resolveMode("auto", terminal, { CI: "false" })).toBe("tty");
  expect(resolveMode("auto", terminal, { TERM: "dumb" })).toBe("plain");
  expect(resolveMode("auto", terminal, { CI: "true" })).toBe("plain");
  expect(resolveMode("auto", pipe, { TERM: "xterm" })).toBe("plain");
});

test("what is asked for stays", () => {
  expect(resolveMode("tty", pipe, { CI: "true" })).toBe("tty");
  expect(resolveMode("plain", terminal, {})).toBe("plain");
});
