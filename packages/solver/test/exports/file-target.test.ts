// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { ExportTarget } from "@bk/session";
import { leakCheck, tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { checkFileTarget, openFileTarget } from "../../src/exports/file-target.js";

const run = promisify(execFile);

async function write(target: ExportTarget, ...chunks: readonly (string | Uint8Array)[]): Promise<void> {
  for (const chunk of chunks) if (!target.body.write(chunk)) await once(target.body, "drain");
  target.body.end();
  await target.done;
}

describe("openFileTarget()", () => {
  leakCheck();

  test("makes the file, and the directories on the way, when all of it is there", async () => {
    await using dir = await tmpDir();
    const path = dir.join("new/dirs/app.tar");
    const target = await openFileTarget(path);
    target.body.write("one ");
    expect(await readdir(dir.join("new/dirs"))).toEqual([
      expect.stringMatching(/^app\.tar\.[0-9a-f]{12}\.tmp$/),
    ]);

    await write(target, "two");

    expect(await readFile(path, "utf8")).toBe("one two");
    expect(await readdir(dir.join("new/dirs"))).toEqual(["app.tar"]);
  });

  test("shows nobody else what is not complete, and then has the usual mode, or that of the old file", async () => {
    await using dir = await tmpDir();
    await writeFile(dir.join("old"), "old");
    await chmod(dir.join("old"), 0o604);
    for (const [name, mode] of [
      ["new", 0o666 & ~process.umask()],
      ["old", 0o604],
    ] as const) {
      const target = await openFileTarget(dir.join(name));
      const [temporary = ""] = (await readdir(dir.path)).filter((entry) => entry.endsWith(".tmp"));
      expect((await stat(dir.join(temporary))).mode & 0o777).toBe(0o600);
      await write(target, "x");
      expect((await stat(dir.join(name))).mode & 0o777).toBe(mode);
    }
  });

  test("leaves the old file whole, and nothing else, when the export fails", async () => {
    await using dir = await tmpDir();
    await writeFile(dir.join("app.tar"), "old");
    const target = await openFileTarget(dir.join("app.tar"));
    target.body.on("error", () => {});
    target.body.write("half of");

    target.body.destroy(new Error("the daemon stopped"));

    await expect(target.done).rejects.toMatchObject({ code: "BK_EXPORT_FAILED" });
    expect(await readFile(dir.join("app.tar"), "utf8")).toBe("old");
    expect(await readdir(dir.path)).toEqual(["app.tar"]);
  });

  test("replaces what a link points to, not the link", async () => {
    await using dir = await tmpDir();
    await mkdir(dir.join("elsewhere"));
    await writeFile(dir.join("elsewhere/real"), "old");
    await symlink("elsewhere/real", dir.join("link"));

    await write(await openFileTarget(dir.join("link")), "new");

    expect(await readFile(dir.join("elsewhere/real"), "utf8")).toBe("new");
    expect(await readdir(dir.path)).toEqual(["elsewhere", "link"]);
  });

  test("writes into a device or a pipe as it is", async () => {
    await using dir = await tmpDir();
    await write(await openFileTarget("/dev/null"), "x");
    expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);

    await run("mkfifo", [dir.join("pipe")]);
    const reading = readFile(dir.join("pipe"), "utf8");
    await write(await openFileTarget(dir.join("pipe")), "through");
    expect(await reading).toBe("through");
  });

  test.runIf(process.getuid?.() === 0 && process.platform === "linux")(
    "keeps the old file when the disk is full",
    async () => {
      await using disk = await smallDisk();
      await writeFile(disk.join("app.tar"), "old");
      const target = await openFileTarget(disk.join("app.tar"));

      const writing = write(target, Buffer.alloc(2 << 20));
      await Promise.allSettled([writing]);

      await expect(target.done).rejects.toMatchObject({
        code: "BK_EXPORT_FAILED",
        message: `Cannot export to ${disk.join("app.tar")}: the disk is full`,
      });
      expect(await readFile(disk.join("app.tar"), "utf8")).toBe("old");
      expect(await readdir(disk.path)).toEqual(["app.tar"]);
    },
  );
});

describe("checkFileTarget()", () => {
  test("takes a file that is there, and one whose directory is not", async () => {
    await using dir = await tmpDir();
    await writeFile(dir.join("file"), "old");
    await checkFileTarget("exports[0].dest", dir.join("file"));
    await checkFileTarget("exports[0].dest", dir.join("a/b/c"));
    expect(await readdir(dir.path)).toEqual(["file"]);
  });

  test("refuses a directory, and a file in place of one", async () => {
    await using dir = await tmpDir();
    await writeFile(dir.join("file"), "old");
    const refused = { code: "BK_OPTIONS_INVALID", option: "exports[0].dest" };
    await expect(checkFileTarget("exports[0].dest", dir.path)).rejects.toMatchObject(refused);
    await expect(checkFileTarget("exports[0].dest", dir.join("file/x"))).rejects.toMatchObject(refused);
  });
});

/** A disk of 1 MiB. */
async function smallDisk() {
  const dir = await tmpDir();
  await run("mount", ["-t", "tmpfs", "-o", "size=1m", "bk-test", dir.path]);
  return {
    path: dir.path,
    join: dir.join,
    async [Symbol.asyncDispose]() {
      await run("umount", [dir.path]);
      await rm(dir.path, { recursive: true });
    },
  };
}
