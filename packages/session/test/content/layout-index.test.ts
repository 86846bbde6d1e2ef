// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { mkdir, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { leakCheck, type TmpDir, tmpDir } from "@bk/testing";
import { describe, expect, test, vi } from "vitest";
import { type Descriptor, findManifest, putManifest } from "../../src/index.js";
import { sha256 } from "./content-peer.js";

const MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json";
const IMAGE = { image: "docker.io/library/app:1.2" };

async function addManifest(dir: TmpDir, text: string): Promise<Descriptor> {
  const digest = sha256(text);
  const path = dir.join("blobs", ...digest.split(":"));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return { mediaType: MEDIA_TYPE, digest, size: text.length };
}

async function readIndex(dir: TmpDir): Promise<unknown> {
  return JSON.parse(await readFile(dir.join("index.json"), "utf8"));
}

describe("putManifest()", () => {
  leakCheck();

  test("makes a layout, whose manifest is found by name and by tag", async () => {
    await using dir = await tmpDir();
    const manifest = await addManifest(dir, "one");
    await putManifest(dir.path, { ...manifest, annotations: { created: "now" } }, [IMAGE, { tag: "stable" }]);

    const named = (annotations: object) => ({ ...manifest, annotations: { created: "now", ...annotations } });
    await expect(readIndex(dir)).resolves.toEqual({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [
        named({ "io.containerd.image.name": IMAGE.image, "org.opencontainers.image.ref.name": "1.2" }),
        named({ "org.opencontainers.image.ref.name": "stable" }),
      ],
    });
    expect(JSON.parse(await readFile(dir.join("oci-layout"), "utf8"))).toEqual({
      imageLayoutVersion: "1.0.0",
    });
    for (const name of [IMAGE.image, "1.2", "stable"])
      await expect(findManifest(dir.path, name)).resolves.toMatchObject({ digest: manifest.digest });
    await expect(findManifest(dir.path, "other")).resolves.toBeUndefined();
    expect((await readdir(dir.path)).toSorted()).toEqual(["blobs", "index.json", "oci-layout"]);
  });

  test("takes a name from the manifest that had it, and keeps all else", async () => {
    await using dir = await tmpDir();
    const [old, kept, next] = [
      await addManifest(dir, "old"),
      await addManifest(dir, "kept"),
      await addManifest(dir, "next"),
    ];
    await putManifest(dir.path, old, [{ tag: "latest" }]);
    await putManifest(dir.path, { ...kept, platform: { os: "linux" } }, [{ tag: "kept" }]);
    const index = (await readIndex(dir)) as object;
    await writeFile(dir.join("index.json"), JSON.stringify({ ...index, annotations: { by: "hand" } }));

    await putManifest(dir.path, next, [{ tag: "latest" }]);

    await expect(findManifest(dir.path, "latest")).resolves.toMatchObject({ digest: next.digest });
    await expect(findManifest(dir.path, "kept")).resolves.toMatchObject({ platform: { os: "linux" } });
    await expect(readIndex(dir)).resolves.toMatchObject({
      annotations: { by: "hand" },
      manifests: [{ digest: kept.digest }, { digest: next.digest }],
    });
  });

  test("loses none of many names that are put at once", async () => {
    await using dir = await tmpDir();
    const manifest = await addManifest(dir, "one");
    const tags = Array.from({ length: 20 }, (_, n) => `tag-${n}`);
    await Promise.all(tags.map((tag) => putManifest(dir.path, manifest, [{ tag }])));
    for (const tag of tags)
      await expect(findManifest(dir.path, tag)).resolves.toMatchObject({ digest: manifest.digest });
  });

  test.each([
    { name: "no JSON", text: '{"manifests": [' },
    { name: "no index", text: "[]" },
    { name: "a list of something else", text: '{"manifests": [1]}' },
    { name: "manifests that are no list", text: '{"manifests": {}}' },
    {
      name: "a digest with a path in it",
      text: JSON.stringify({ manifests: [{ mediaType: "x", size: 1, digest: "sha256:../../x" }] }),
    },
  ])("leaves an index with $name as it is, and says so", async ({ text }) => {
    await using dir = await tmpDir();
    const manifest = await addManifest(dir, "one");
    await writeFile(dir.join("index.json"), text);
    const corrupt = { code: "BK_STORE_CORRUPT", message: expect.stringContaining(dir.join("index.json")) };

    await expect(putManifest(dir.path, manifest, [IMAGE])).rejects.toMatchObject(corrupt);
    await expect(findManifest(dir.path, IMAGE.image)).rejects.toMatchObject(corrupt);

    await expect(readFile(dir.join("index.json"), "utf8")).resolves.toBe(text);
    expect((await readdir(dir.path)).filter((name) => /lock|^\./.test(name))).toEqual([]);
  });

  test("reads no index over 8 MiB", async () => {
    await using dir = await tmpDir();
    await writeFile(dir.join("index.json"), "{}");
    await truncate(dir.join("index.json"), (8 << 20) + 1);
    await expect(findManifest(dir.path, "latest")).rejects.toMatchObject({ code: "BK_STORE_CORRUPT" });
  });

  test("names the index that is not there", async () => {
    await using dir = await tmpDir();
    await expect(findManifest(dir.path, "latest")).rejects.toMatchObject({
      code: "BK_STORE_FAILED",
      message: `There is no ${dir.join("index.json")}`,
    });
  });

  test.each([
    { name: "is not there", change: { digest: sha256("other") } },
    { name: "has another size", change: { size: 9 } },
    { name: "has no proper digest", change: { digest: "latest" } },
  ])("puts no manifest whose blob $name", async ({ change }) => {
    await using dir = await tmpDir();
    const manifest = await addManifest(dir, "one");
    await expect(putManifest(dir.path, { ...manifest, ...change }, [IMAGE])).rejects.toMatchObject({
      code: "BK_STORE_CORRUPT",
    });
    await expect(readdir(dir.path)).resolves.toEqual(["blobs"]);
  });
});

describe("the lock of an index", () => {
  leakCheck();

  const here = `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  const owner = (pid: number, host = here) => JSON.stringify({ pid, host, id: "other" });
  /** No process has it: beyond the largest pid of Linux. */
  const DEAD = 1 << 23;

  test("is waited for", async () => {
    await using dir = await tmpDir();
    const manifest = await addManifest(dir, "one");
    await writeFile(dir.join("index.json.lock"), owner(process.pid));
    const putting = putManifest(dir.path, manifest, [IMAGE]);
    await expect(findManifest(dir.path, "1.2")).rejects.toMatchObject({ code: "BK_STORE_FAILED" });
    await rm(dir.join("index.json.lock"));
    await putting;
    await expect(findManifest(dir.path, "1.2")).resolves.toMatchObject({ digest: manifest.digest });
  });

  test.each([
    { name: "a process that runs", held: owner(process.pid), who: `process ${process.pid} on ${hostname()}` },
    { name: "a process of another machine", held: owner(DEAD, "elsewhere"), who: "elsewhere" },
    { name: "a process of another container", held: owner(DEAD, `${hostname()} pid:[1]`), who: "pid:[1]" },
  ])("is left to $name, and named after 10 s", async ({ held, who }) => {
    await using dir = await tmpDir();
    const manifest = await addManifest(dir, "one");
    const lock = dir.join("index.json.lock");
    await writeFile(lock, held);
    const started = performance.now();
    const clock = vi
      .spyOn(performance, "now")
      .mockReturnValueOnce(started)
      .mockReturnValue(started + 10_000);

    const error: unknown = await putManifest(dir.path, manifest, [IMAGE]).catch((thrown) => thrown);
    clock.mockRestore();

    expect(error).toMatchObject({ code: "BK_STORE_LOCKED" });
    expect((error as Error).message).toContain(lock);
    expect((error as Error).message).toContain(who);
    await expect(readFile(lock, "utf8")).resolves.toBe(held);
    await expect(readdir(dir.path)).resolves.not.toContain("index.json");
  });

  test("is waited for no longer than the caller wants", async () => {
    await using dir = await tmpDir();
    const manifest = await addManifest(dir, "one");
    await writeFile(dir.join("index.json.lock"), owner(process.pid));
    const reason = new Error("enough");
    const putting = putManifest(dir.path, manifest, [IMAGE], { signal: AbortSignal.timeout(30) });
    await expect(putting).rejects.toMatchObject({ name: "TimeoutError" });
    const aborted = putManifest(dir.path, manifest, [IMAGE], { signal: AbortSignal.abort(reason) });
    await expect(aborted).rejects.toBe(reason);
  });

  test.each([
    { name: "a process that has died", held: owner(DEAD), age: 0 },
    { name: "another program, long ago", held: "", age: 60_000 },
  ])("is taken over from $name", async ({ held, age }) => {
    await using dir = await tmpDir();
    const manifest = await addManifest(dir, "one");
    const lock = dir.join("index.json.lock");
    await writeFile(lock, held);
    await utimes(lock, new Date(), new Date(Date.now() - age));
    await putManifest(dir.path, manifest, [IMAGE]);
    await expect(findManifest(dir.path, "1.2")).resolves.toMatchObject({ digest: manifest.digest });
    expect((await readdir(dir.path)).filter((name) => name.includes("lock"))).toEqual([]);
  });

  test("is taken over although a process died as it did so", async () => {
    await using dir = await tmpDir();
    const manifest = await addManifest(dir, "one");
    await writeFile(dir.join("index.json.lock"), owner(DEAD));
    await writeFile(dir.join("index.json.lock.takeover"), "");
    await utimes(dir.join("index.json.lock.takeover"), new Date(), new Date(Date.now() - 60_000));
    await putManifest(dir.path, manifest, [IMAGE]);
    await expect(findManifest(dir.path, "1.2")).resolves.toMatchObject({ digest: manifest.digest });
    expect((await readdir(dir.path)).filter((name) => name.includes("lock"))).toEqual([]);
  });

  test("is not taken over while another process does so", async () => {
    await using dir = await tmpDir();
    const manifest = await addManifest(dir, "one");
    await writeFile(dir.join("index.json.lock"), owner(DEAD));
    await writeFile(dir.join("index.json.lock.takeover"), "");
    const started = performance.now();
    const clock = vi
      .spyOn(performance, "now")
      .mockReturnValueOnce(started)
      .mockReturnValue(started + 10_000);

    const error: unknown = await putManifest(dir.path, manifest, [IMAGE]).catch((thrown) => thrown);
    clock.mockRestore();

    expect(error).toMatchObject({ code: "BK_STORE_LOCKED" });
    expect(await readFile(dir.join("index.json.lock"), "utf8")).toBe(owner(DEAD));
  });

  test.runIf(process.getuid?.() === 0 && process.platform === "linux")(
    "leaves nothing behind that others would wait for when the disk is full",
    async () => {
      await using dir = await tmpDir();
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", dir.path]);
      using _mount = { [Symbol.dispose]: () => void execFileSync("umount", [dir.path]) };
      const manifest = await addManifest(dir, "one");
      await expect(writeFile(dir.join("filler"), Buffer.alloc(128 << 10))).rejects.toThrow("ENOSPC");

      await expect(putManifest(dir.path, manifest, [IMAGE])).rejects.toMatchObject({
        code: "BK_STORE_FAILED",
      });

      expect((await readdir(dir.path)).toSorted()).toEqual(["blobs", "filler"]);
    },
  );
});
