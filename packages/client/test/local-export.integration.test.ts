// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import path from "node:path";
import { KEEP_ALL } from "@bk/session";
import { exportWithBuildx, integration, leakCheck, readTree, tmpDir, writeTree } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { Client } from "../src/index.js";
import { openMode } from "./helpers/modes.js";
import { shellContext } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

const DOCKERFILE = `FROM shell AS made
RUN mkdir -p /out/nested/private /out/sticky \\
 && dd if=/dev/urandom of=/out/large bs=1M count=3 \\
 && : > /out/no-bytes \\
 && echo secret > /out/nested/private/file \\
 && ln /out/large /out/nested/large-too \\
 && ln -s nested/private /out/link \\
 && ln -s /nowhere /out/dangling \\
 && chmod 1777 /out/sticky && chmod 700 /out/nested/private && chmod 640 /out/nested/private/file \\
 && chmod 4755 /out/no-bytes \\
 && touch -d "2009-02-13 23:31:30" /out/nested /out/large
FROM scratch
COPY --from=made /out /
COPY sent /sent/
`;

async function exportedContext() {
  const context = await shellContext(DOCKERFILE);
  await writeTree(context.path, [
    "ADD sent/script file #!/bin/sh mode=0755 mtime=2001-02-03T04:05:06Z",
    'ADD "sent/ünïcödé 日本" file x mode=0600',
    "ADD sent/empty dir mode=0711",
  ]);
  return context;
}

integration.describe("a local export", () => {
  leakCheck();

  describe.each(["embedded", "direct", "unix", "tcp", "tls"] as const)("%s", { timeout: 60_000 }, (mode) => {
    test("is what docker buildx build makes of it, entry by entry", async () => {
      await using opened = await openMode(mode);
      await using context = await exportedContext();
      await using out = await tmpDir();
      const [theirs, ours] = [out.join("theirs"), out.join("ours")];

      await exportWithBuildx(opened.engine, context.path, theirs);
      await opened.client.build({
        contextDir: context.path,
        exports: [{ type: "local", dest: ours, policy: KEEP_ALL }],
        output: textOutput(),
      });

      const expected = await describeEntries(theirs);
      expect(await describeEntries(ours)).toEqual(expected);
      expect(expected).toContainEqual(expect.stringMatching(/^nested\/large-too 100644 .* \d+\/2 /));
    });
  });

  test("leaves setuid bits behind for root, and says so", { timeout: 60_000 }, async () => {
    await using opened = await openMode("embedded");
    await using context = await exportedContext();
    await using out = await tmpDir();
    const skipped: unknown[] = [];

    await opened.client.build({
      contextDir: context.path,
      exports: [{ type: "local", dest: out.path, onReceived: (summary) => skipped.push(...summary.skipped) }],
      output: textOutput(),
    });

    const { mode } = await lstat(out.join("no-bytes"));
    const isRoot = process.getuid?.() === 0;
    expect((mode & 0o4000) === 0).toBe(isRoot);
    expect(skipped).toEqual(isRoot ? [{ path: "no-bytes", why: "set-id" }] : []);
  });

  test("needs no Docker beside a standalone daemon", { timeout: 60_000 }, async () => {
    await using opened = await openMode("unix", { DOCKER_HOST: "unix:///nonexistent/docker.sock" });
    await using context = await shellContext("FROM scratch\nCOPY greeting /\n");
    await using out = await tmpDir();

    await opened.client.build({
      contextDir: context.path,
      exports: [{ type: "local", dest: out.path }],
      output: textOutput(),
    });

    expect(await readTree(out.path)).toEqual(["ADD greeting file hello"]);
  });

  test("never mirrors into the root directory", async () => {
    await using context = await shellContext("FROM scratch\n");
    await using client = Client.embedded({ env: { DOCKER_HOST: "unix:///nonexistent/docker.sock" } });

    const exporting = client.build({
      contextDir: context.path,
      exports: [{ type: "local", dest: "/", mode: "delete" }],
      output: textOutput(),
    });

    await expect(exporting).rejects.toMatchObject({ code: "BK_OPTIONS_INVALID", option: "exports[0].dest" });
  });
});

/** One line for each entry; hard links share a number. Times to the millisecond, which both clients can set. */
async function describeEntries(dir: string): Promise<string[]> {
  const names = (await readdir(dir, { recursive: true })).sort();
  const numbers = new Map<number, number>();
  const lines = [];
  for (const name of names) {
    const full = path.join(dir, name);
    const stat = await lstat(full);
    const { mode, ino, nlink, mtimeMs, uid, gid } = stat;
    if (!numbers.has(ino)) numbers.set(ino, numbers.size);
    const content = stat.isSymbolicLink()
      ? await readlink(full)
      : stat.isFile()
        ? createHash("sha256")
            .update(await readFile(full))
            .digest("hex")
        : "";
    const links = stat.isDirectory() ? "" : `${numbers.get(ino)}/${nlink}`;
    lines.push(`${name} ${mode.toString(8)} ${uid}:${gid} ${Math.floor(mtimeMs)} ${links} ${content}`);
  }
  return lines;
}
