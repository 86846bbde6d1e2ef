// SPDX-License-Identifier: Apache-2.0
import { execFile, spawnSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { promisify } from "node:util";
import { type TmpDir, tree } from "@bk/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runBk } from "./bk.js";
import { idleProgram, programOptions } from "./program-options.js";

const run = promisify(execFile);

function has(program: string): boolean {
  return spawnSync(program, ["--version"]).error === undefined;
}

async function script(shell: string): Promise<string> {
  const { exitCode, stdout } = await runBk(["completion", shell]);
  expect(exitCode).toBe(0);
  return stdout;
}

describe.skipIf(!has("bash"))("bk completion bash, in a real bash", () => {
  let dir: TmpDir;
  let text: string;
  beforeAll(async () => {
    text = await script("bash");
    dir = await tree("ADD some.json file x", "ADD other file x");
    await mkdir(dir.join("some folder"));
  });
  afterAll(() => dir[Symbol.asyncDispose]());

  /** What bash offers for the last of the words, which it has split as it does before it calls a completion. */
  async function complete(...words: readonly string[]): Promise<readonly string[]> {
    const call = `eval "$SCRIPT"
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      $(complete -p bk | sed -E 's/.*-F ([^ ]+).*/\\1/') bk
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await run("bash", ["--norc", "--noprofile", "-c", call, "bash", "bk", ...words], {
      cwd: dir.path,
      env: { PATH: process.env["PATH"], SCRIPT: text },
    });
    return stdout.split("\n").filter((line) => line !== "");
  }

  test("completes commands, those below others too", async () => {
    expect(await complete("bu")).toEqual(["build"]);
    expect(await complete("history", "")).toEqual(
      expect.arrayContaining(["ls", "inspect", "logs", "rm", "export"]),
    );
    expect(await complete("history", "lo")).toEqual(["logs"]);
    expect(await complete("help", "con")).toEqual(["context"]);
    expect(await complete("completion", "f")).toEqual(["fish"]);
  });

  test("completes flags: of the command, and those of the program", async () => {
    expect(await complete("build", "--meta")).toEqual(["--metadata-file"]);
    expect(await complete("prune", "--max")).toEqual(["--max-used-space"]);
    expect(await complete("history", "ls", "--bui")).toEqual(["--builder"]);
    expect(await complete("ping", "--metadata")).toEqual([]);
    expect(await complete("build", "--squ")).toEqual([]);
  });

  test("completes the choices of a flag, behind a space and behind =", async () => {
    expect(await complete("context", "ls", "--sort", "")).toEqual(["tree", "size"]);
    expect(await complete("context", "ls", "--sort", "=", "s")).toEqual(["size"]);
    expect(await complete("context", "ls", "--sort", "=")).toEqual(["tree", "size"]);
    expect(await complete("du", "--format", "j")).toEqual(["json"]);
  });

  test("completes files and directories where paths are expected", async () => {
    expect(await complete("build", "-f", "so")).toEqual(expect.arrayContaining(["some.json", "some folder"]));
    expect(await complete("build", "--tlsdir", "so")).toEqual(["some folder"]);
    expect(await complete("build", "so")).toEqual(["some folder"]);
    expect(await complete("build", "--no-cache", "-t", "build", "--iidfile", "=", "ot")).toEqual(["other"]);
  });

  test("offers nothing where no file can be meant", async () => {
    expect(await complete("history", "rm", "so")).toEqual([]);
    expect(await complete("history", "rm", "abc", "so")).toEqual([]);
    expect(await complete("build", "--tag", "so")).toEqual([]);
    expect(await complete("build", "-t", "=", "so")).toEqual([]);
    expect(await complete("build", "--platform", "so")).toEqual([]);
    expect(await complete("history", "logs", "--pro")).toEqual(["--progress"]);
  });

  test("takes a flag's value for no command", async () => {
    expect(await complete("--builder", "build", "his")).toEqual(["history"]);
    expect(await complete("--builder", "=", "build", "history", "ins")).toEqual(["inspect"]);
  });
});

describe.each(["bash", "zsh", "fish"])("the script for %s", (shell) => {
  test("names every command and every flag that help shows", async () => {
    const text = await script(shell);
    const commands = idleProgram().commands.flatMap((child) => [child, ...child.commands]);
    const flags = programOptions().filter(({ option }) => !option.hidden);
    const named = (word: string) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(text);
    const flagText = (long: string) => (shell === "fish" ? `-l ${long.slice(2)}` : long);

    expect(commands.map((command) => command.name()).filter((name) => !named(name))).toEqual([]);
    expect(flags.map(({ option }) => option.long ?? "").filter((long) => !named(flagText(long)))).toEqual([]);
    expect(text).not.toContain("--squash");
  });

  test("offers files for a Dockerfile, and none for a name", async () => {
    const text = await script(shell);
    const lines = text.split("\n").filter((line) => /build/.test(line) || shell === "zsh");
    const files = { bash: "@file", zsh: ":_files'", fish: " -F " }[shell] ?? "";
    const offersFiles = (flag: string) =>
      lines.some(
        (line) => line.includes(shell === "fish" ? `-l ${flag} ` : `--${flag}`) && line.includes(files),
      );

    expect({ file: offersFiles("file"), tag: offersFiles("tag") }).toEqual({ file: true, tag: false });
  });

  test.skipIf(!has(shell))("has no mistake that the shell itself finds", async () => {
    const checked = spawnSync(shell, ["-n"], { input: await script(shell), encoding: "utf8" });
    expect({ status: checked.status, stderr: checked.stderr }).toEqual({ status: 0, stderr: "" });
  });
});

test("bk completion refuses other shells", async () => {
  const { exitCode, stderr } = await runBk(["completion", "csh"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("bash, zsh, fish");
});
