// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { programOptions } from "./program-options.js";

const here = new URL("./", import.meta.url);
const docs = new URL("../../../docs/cli.md", import.meta.url);

/** Commands such as `bk history ls`, and the flags that tests give them. */
type NamedFlags = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The flags that tests name, by command. A statement is about the commands that it has as words of a command line; one
 * that has none, such as a list of flags, is about a build or the program itself.
 */
function namedFlags(texts: readonly string[], commands: readonly string[]): NamedFlags {
  const found = new Map(["bk", ...commands].map((command) => [command, new Set<string>()]));
  for (const statement of texts.flatMap((text) => text.split(/;$/m))) {
    const flags = statement.match(/--[a-z][a-z-]*|(?<=")-[a-zA-Z](?=")/g) ?? [];
    const run = commands.filter((command) => statement.includes(toWords(command)));
    for (const command of run.length > 0 ? [...run, "bk"] : ["bk build", "bk"])
      for (const flag of flags) found.get(command)?.add(flag);
  }
  return found;
}

/** `"history", "ls"` of `bk history ls`, as a test passes it on. */
function toWords(command: string): string {
  return command
    .split(" ")
    .slice(1)
    .map((word) => JSON.stringify(word))
    .join(", ");
}

/** Says nothing of the flags' effects: only that none can be added, and forgotten. */
describe("every flag of every command", () => {
  test("is named by a test of that command", async () => {
    const files = (await readdir(here)).filter(
      (name) => /\.test\.ts$/.test(name) && name !== "flags.test.ts",
    );
    const texts = await Promise.all(files.map((name) => readFile(new URL(name, here), "utf8")));
    const options = programOptions();
    const commands = new Set(options.map(({ command }) => command).filter((command) => command !== "bk"));
    const named = namedFlags(texts, [...commands]);

    const missing = options.filter(
      ({ command, option }) =>
        ![option.long, option.short].some((flag) => named.get(command)?.has(flag ?? "")),
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
