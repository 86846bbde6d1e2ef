// SPDX-License-Identifier: Apache-2.0

import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { bytes, decoded } from "./examples/solve-request.js";

test("the README's example is the one that is tested", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const example = await readFile(new URL("examples/solve-request.ts", import.meta.url), "utf8");
  const block = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const shown = example.replace(/^\/\/ SPDX.*\n/, "").replace(/^export /gm, "");
  expect(block.trim()).toBe(shown.trim());
});

test("a SolveRequest survives encoding", () => {
  expect(bytes.length).toBeGreaterThan(0);
  expect(decoded.ref).toBe("example-1");
  expect(decoded.frontendAttrs).toEqual({ target: "release", "build-arg:VERSION": "1.2.3" });
  expect(decoded.exporters.map((exporter) => exporter.type)).toEqual(["image"]);
});
