// SPDX-License-Identifier: Apache-2.0
import { integration, leakCheck } from "@bk/testing";
import { expect, test } from "vitest";
import type { BuildOptions } from "../src/index.js";
import { openMode } from "./helpers/modes.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

integration.describe("progress of a build", () => {
  leakCheck();

  async function build(options: Partial<BuildOptions>, output = textOutput()): Promise<string> {
    await using opened = await openMode("embedded");
    await using context = await shellContext("FROM shell\nRUN echo once\n");
    await opened.client.build({ contextDir: context.path, tag: uniqueTag(), output, ...options });
    return output.text;
  }

  test("is plain text in a pipe", { timeout: 60_000 }, async () => {
    expect(await build({})).toMatch(/^#1 \[internal\] load build definition/);
  });

  test("has live lines on a terminal", { timeout: 60_000 }, async () => {
    const terminal = Object.assign(textOutput(), { isTTY: true, columns: 80, rows: 24 });
    const text = await build({ progress: "tty" }, terminal);
    expect(text).toMatch(/\[\+\] Building \d+\.\ds \((\d+)\/\1\) FINISHED/);
    expect(text).toMatch(/ => (CACHED )?\[.*\] RUN echo once/);
  });

  test("is JSON, or nothing, where that is asked for", { timeout: 60_000 }, async () => {
    const lines = (await build({ progress: "rawjson" })).trimEnd().split("\n");
    expect(lines.flatMap((line) => JSON.parse(line).vertexes ?? []).length).toBeGreaterThan(2);
    expect(await build({ progress: "none" })).toBe("");
    expect(await build({ progress: "quiet" })).toBe("");
  });
});
