// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Daemon, diskUsage, type UsageRecord } from "@bk/solver";
import { integration, leakCheck, removeImage, runImage, type TmpDir } from "@bk/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { SyncProgress } from "../src/index.js";
import { type OpenMode, openMode } from "./helpers/modes.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

const DIRECTORIES = 100;
const FILES_EACH = 1000;
/** Of the daemon's copy, where each file takes a block of 4 KiB, and the rest is busybox and directories. */
const COPY_BYTES = { least: DIRECTORIES * FILES_EACH * 4096, most: DIRECTORIES * FILES_EACH * 4096 * 1.05 };
/** The daemon is shared, and lets go of a copy when it comes to it. */
const PATIENCE = { timeout: 120_000, interval: 100 };

const DOCKERFILE = `FROM shell
RUN --mount=target=/ctx find /ctx/files -type f | wc -l > /seen; cat /ctx/files/42/42 >> /seen || true
CMD cat /seen
`;

integration.describe("a context of 100,000 files", () => {
  const tag = uniqueTag();
  let context: TmpDir;
  /** The daemon's copy of it. */
  let copyId: string | undefined;

  beforeAll(async () => {
    context = await shellContext(DOCKERFILE);
    await writeFiles(context.join("files"));
    await using opened = await openMode("embedded");
    const before = new Set((await copiesOf(opened.client.daemon)).map(({ id }) => id));
    expect((await build(opened)).filesSent).toBeGreaterThanOrEqual(DIRECTORIES * FILES_EACH);
    copyId = await vi.waitUntil(async () => {
      const copies = await copiesOf(opened.client.daemon);
      return copies.find(({ id, size, inUse }) => !before.has(id) && isCopySize(size) && !inUse)?.id;
    }, PATIENCE);
  }, 300_000);

  /** The daemon would keep its copy for days: it is emptied like the context. */
  afterAll(async () => {
    await rm(context.join("files"), { recursive: true });
    await using opened = await openMode("embedded");
    await build(opened);
    await removeImage(opened.engine.dockerSocket, tag);
    await context[Symbol.asyncDispose]();
  }, 300_000);

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 300_000 }, (mode) => {
    leakCheck();

    test("sends no file data when nothing has changed", async () => {
      await using opened = await openMode(mode);

      expect(await build(opened)).toEqual({ filesSent: 0, bytes: 0 });
    });

    test("sends only the file that was written to", async () => {
      await using opened = await openMode(mode);
      const text = `written for ${mode}`;
      await writeFile(context.join("files/42/42"), text);

      expect(await build(opened)).toEqual({ filesSent: 1, bytes: text.length });

      const { output } = await runImage(opened.engine.dockerSocket, tag);
      expect(output).toBe(`100000\n${text}`);
    });
  });

  /** Builds, and counts what of the context was sent. */
  async function build({ client }: OpenMode): Promise<{ filesSent: number; bytes: number }> {
    const sent = { filesSent: 0, bytes: 0 };
    const onSyncProgress = ({ dir, done, filesSent, bytes }: SyncProgress): void => {
      if (dir !== "context" || !done) return;
      sent.filesSent += filesSent;
      sent.bytes += bytes;
    };
    await client.build({ contextDir: context.path, tag, onSyncProgress, output: textOutput() });
    // A build that comes before the daemon has let go of its copy would have to begin a new one.
    await vi.waitUntil(async () => !(await isInUse(client.daemon, copyId)), PATIENCE);
    return sent;
  }
});

function copiesOf(daemon: Daemon): Promise<readonly UsageRecord[]> {
  return diskUsage(daemon, { filter: ["type==source.local"] });
}

function isCopySize(size: number): boolean {
  return size >= COPY_BYTES.least && size <= COPY_BYTES.most;
}

async function isInUse(daemon: Daemon, id: string | undefined): Promise<boolean> {
  return (await copiesOf(daemon)).some((copy) => copy.id === id && copy.inUse);
}

async function writeFiles(dir: string): Promise<void> {
  mkdirSync(dir);
  for (let directory = 0; directory < DIRECTORIES; directory++) {
    mkdirSync(`${dir}/${directory}`);
    for (let file = 0; file < FILES_EACH; file++) {
      writeFileSync(`${dir}/${directory}/${file}`, `file ${file} of ${directory}`);
    }
    await nextTurn();
  }
}
