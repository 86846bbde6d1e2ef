// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { chooseLineChange, createLineFilter, toTerminalJson } from "../src/log-text.js";

const ESC = "\u001b";

function change(bytes: string | Uint8Array, isTerminal: boolean, isWorkflow: boolean): Buffer {
  const line = Buffer.from(bytes);
  return chooseLineChange(isTerminal, isWorkflow)?.(line) ?? line;
}

describe("chooseLineChange()", () => {
  test("leaves the bytes of a file or a pipe alone", () => {
    expect(chooseLineChange(false, false)).toBeUndefined();
  });

  test("leaves text and colours for a terminal", () => {
    const bytes = Buffer.concat([
      Buffer.from(`${ESC}[32mok${ESC}[2J\r${ESC}[31mfai`),
      Buffer.from([0xff, 0x6c]),
    ]);
    expect(change(bytes, true, false).toString()).toBe(`${ESC}[31mfai\ufffdl${ESC}[0m`);
  });

  test("leaves the bytes of a workflow's log alone but for commands", () => {
    const bytes = Buffer.from([0xff, 0x0d, ...Buffer.from("::error::x")]);
    expect(change(bytes, false, true)).toEqual(Buffer.from([0xff, 0x0d, ...Buffer.from(": :error::x")]));
    expect(change(`${ESC}[0m::error::x`, true, true).toString()).toContain("::error::x"); // not at the beginning
    expect(change(`${ESC}[2J::error::x`, true, true).toString()).toBe(": :error::x");
  });
});

test("toTerminalJson() escapes what a terminal acts on, and changes no value", () => {
  const json = JSON.stringify({ name: "\u009b2J\u202e\u2066\u007f日本" });
  expect(toTerminalJson(json)).toBe('{"name":"\\u009b2J\\u202e\\u2066\\u007f日本"}');
  expect(JSON.parse(toTerminalJson(json))).toEqual(JSON.parse(json));
});

describe("createLineFilter()", () => {
  const inBrackets = () => createLineFilter((line) => Buffer.from(`[${line}]`));
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

  test("changes whole lines, however they come", () => {
    const filter = inBrackets();
    const pieces = ["on", "e\ntwo\nth", "", "ree"].map((piece) => text(filter.write(Buffer.from(piece))));
    expect(pieces).toEqual(["", "[one]\n[two]\n", "", ""]);
    expect(text(filter.end())).toBe("[three]");
    expect(text(filter.end())).toBe("");
  });

  test("breaks a line that does not end", () => {
    const filter = inBrackets();
    const sizes = Array.from({ length: 100 }, () => filter.write(Buffer.alloc(10_000, "x")).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(900_000);
    expect(filter.end().length).toBeLessThanOrEqual((64 << 10) + 2);
  });
});
