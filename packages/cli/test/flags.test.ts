// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { programOptions } from "./program-options.js";

const here = new URL("./", import.meta.url);
const docs = new URL("../../../docs/cli.md", import.meta.url);

/** Says nothing of the flags' effects: only that none can be added, and forgotten. */
describe("every flag of every command", () => {
  test("is named by a test", async () => {
    const files = (await readdir(here)).filter(
      (name) => /\.test\.ts$/.test(name) && name !== "flags.test.ts",
    );
    const texts = await Promise.all(files.map((name) => readFile(new URL(name, here), "utf8")));
    const named = new Set(texts.flatMap((text) => text.match(/--[a-z][a-z-]*|(?<=")-[a-zA-Z](?=")/g) ?? []));

    const missing = programOptions().filter(
      ({ option }) => ![option.long, option.short].some((flag) => named.has(flag ?? "")),
    );

    expect(missing.map(({ command, option }) => `${command} ${option.long}`)).toEqual([]);
  });

  test("of bk build says its default", () => {
    const silent = programOptions().filter(
      ({ command, option }) =>
        command === "bk build" &&
        !option.hidden &&
        option.defaultValue === undefined &&
        !/default: /.test(option.description),
    );
    expect(silent.map(({ option }) => option.long)).toEqual([]);
  });

  test("of bk build stands in the docs beside those of docker buildx", async () => {
    const text = await readFile(docs, "utf8");
    const missing = programOptions().filter(
      ({ command, option }) => command === "bk build" && !text.includes(`\`${option.long}`),
    );
    expect(missing.map(({ option }) => option.long)).toEqual([]);
  });
});
