// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

import { askTwice } from "./examples/fake-daemon.js";

test("the README's example is the one that is tested", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const example = await readFile(new URL("examples/fake-daemon.ts", import.meta.url), "utf8");
  const block = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  expect(block.trim()).toBe(example.replace(/^\/\/ SPDX.*\n/, "").trim());
});

test("a fake daemon answers and vanishes", async () => {
  expect(await askTwice()).toEqual(["v0.0.0+unknown", expect.any(Error)]);
});
