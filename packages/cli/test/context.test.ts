// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { tree } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { runBk } from "./bk.js";

const project = [
  'ADD .dockerignore file "node_modules\\n*.log\\n!keep.log\\n" mode=0644',
  "ADD Dockerfile file FROM mode=0644",
  "ADD keep.log file kept mode=0644",
  "ADD more.log file dropped mode=0644",
  "ADD node_modules/p/index.js file x",
  "ADD src/b.ts file 1234567890 mode=0644",
  "ADD src/link symlink b.ts",
  "ADD src dir mode=0755",
];
/** Where nobody answers: a command that connected would fail. */
const env = { BUILDKIT_HOST: "unix:///nonexistent/buildkitd.sock" };

describe("bk context ls", () => {
  test("shows a tree with sums, and why a path that was dropped is back", async () => {
    await using dir = await tree(...project);
    const { exitCode, stdout, stderr } = await runBk(["context", "ls", dir.path], { env });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout.split("\n")).toEqual([
      "    29 B  .dockerignore",
      "     4 B  Dockerfile",
      "     4 B  keep.log  (kept by !keep.log at .dockerignore:3)",
      "    10 B  src/",
      "    10 B    b.ts",
      "     0 B    link  (symlink)",
      "",
      `47 B in 4 files at most, 6 paths in all; 2 dropped by ${dir.join(".dockerignore")}`,
      "",
    ]);
  });

  test("shows the largest files first, and with --dropped what drops the others", async () => {
    await using dir = await tree(...project);
    const args = ["context", "ls", "--sort", "size", "--limit", "2", "--dropped", dir.path];
    const { stdout } = await runBk(args, { env });
    expect(stdout.split("\n").slice(0, -3)).toEqual([
      "    29 B  .dockerignore",
      "    10 B  src/b.ts",
      "... and 2 more",
      "",
      "Not sent:",
      "  more.log  (*.log at .dockerignore:2)",
      "  node_modules/  (node_modules at .dockerignore:1)",
    ]);
  });

  test("gives programs the whole explanation", async () => {
    await using dir = await tree(...project);
    const { stdout } = await runBk(["context", "ls", "--format", "json", dir.path], { env });
    const { ignoreFile, entries, dropped, total } = JSON.parse(stdout);
    expect({ ignoreFile, total }).toEqual({
      ignoreFile: dir.join(".dockerignore"),
      total: { entries: 6, files: 4, bytes: 47 },
    });
    expect(entries[2]).toEqual({
      path: "keep.log",
      kind: "file",
      size: 4,
      keptBy: { pattern: "!keep.log", source: ".dockerignore:3" },
    });
    expect(dropped[1]).toMatchObject({ path: "node_modules", subtree: true });
  });

  test("takes the ignore file of the Dockerfile that -f names", async () => {
    await using dir = await tree(...project, "ADD prod file FROM", "ADD prod.dockerignore file *");
    const { stdout } = await runBk(["context", "ls", "-f", dir.join("prod"), dir.path], { env });
    expect(stdout).toContain(`0 paths in all; 8 dropped by ${dir.join("prod.dockerignore")}`);
  });

  test.each(["text", "json"])("keeps names from acting on the terminal as %s", async (format) => {
    await using dir = await tree({ path: "evil\u001b[31m\u009b\u202e\n", kind: "file", data: "" });
    const { stdout } = await runBk(["context", "ls", "--format", format, dir.path], { env });
    expect(stdout).toContain("evil");
    expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    if (format === "json") expect(JSON.parse(stdout).entries[0].path).toBe("evil\u001b[31m\u009b\u202e\n");
  });
});

describe("bk context digest", () => {
  test("prints what changes with the context only", async () => {
    await using dir = await tree(...project);
    const digest = async () => (await runBk(["context", "digest", dir.path], { env })).stdout;
    const before = await digest();
    expect(before).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    writeFileSync(dir.join("more.log"), "dropped, and changed");
    expect(await digest()).toBe(before);
    writeFileSync(dir.join("keep.log"), "KEPT");
    expect(await digest()).not.toBe(before);
  });

  test("is that of another Dockerfile, whose own ignore file counts", async () => {
    await using dir = await tree(
      ...project,
      "ADD other file FROM mode=0644",
      "ADD other.dockerignore file src mode=0644",
    );
    const digest = async () =>
      (await runBk(["context", "digest", "--file", dir.join("other"), dir.path], { env })).stdout;
    const before = await digest();
    writeFileSync(dir.join("src/b.ts"), "dropped, and changed");
    expect(await digest()).toBe(before);
    writeFileSync(dir.join("more.log"), "no longer dropped");
    expect(await digest()).not.toBe(before);
  });

  test("gives programs the same digest", async () => {
    await using dir = await tree(...project);
    const text = await runBk(["context", "digest", dir.path], { env });
    const json = await runBk(["context", "digest", "--format", "json", dir.path], { env });
    expect(JSON.parse(json.stdout)).toEqual({ digest: text.stdout.trim() });
  });
});

describe("bk context", () => {
  test.each([
    { name: "a limit that is no number", args: ["ls", "--limit", "all"], exitCode: 2, says: "--limit" },
    { name: "an unknown format", args: ["digest", "--format", "yaml"], exitCode: 2, says: "json" },
    { name: "no command", args: [], exitCode: 2, says: "digest" },
    { name: "no such directory", args: ["ls", "/nonexistent/dir"], exitCode: 1, says: "/nonexistent/dir" },
    {
      name: "no such Dockerfile",
      args: ["digest", "-f", "/nonexistent/file"],
      exitCode: 1,
      says: "/nonexistent/file",
    },
  ])("exits $exitCode for $name", async ({ args, exitCode, says }) => {
    const result = await runBk(["context", ...args], { env });
    expect({ exitCode: result.exitCode, stdout: result.stdout }).toEqual({ exitCode, stdout: "" });
    expect(result.stderr).toContain(says);
    expect(result.stderr).not.toContain("    at ");
  });
});
