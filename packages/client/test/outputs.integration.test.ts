// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, watch, writeFile } from "node:fs/promises";
import { Writable } from "node:stream";
import { promisify } from "node:util";
import {
  hasImage,
  inspectImage,
  integration,
  leakCheck,
  readTree,
  removeImage,
  runImage,
  type TmpDir,
  tmpDir,
  tree,
} from "@bk/testing";
import { describe, expect, test } from "vitest";
import { type BuildExport, Client } from "../src/index.js";
import { runBuildx } from "./helpers/buildx.js";
import { openMode } from "./helpers/modes.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

const run = promisify(execFile);

const EPOCH = "1700000000";
const REPRODUCIBLE = { buildArgs: { SOURCE_DATE_EPOCH: EPOCH }, output: textOutput() };

/** A build with two layers whose bytes depend on nothing but the context. */
async function plainContext(): Promise<TmpDir> {
  const context = await tree("ADD greeting file hello", "ADD dir/more file more mode=0755");
  await writeFile(context.join("Dockerfile"), "FROM scratch\nCOPY greeting /\nCOPY dir /dir\nLABEL a=b\n");
  return context;
}

integration.describe("outputs", () => {
  leakCheck();

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 60_000 }, (mode) => {
    test.each(["oci", "docker"] as const)("the %s tar is the bytes of docker buildx's", async (type) => {
      await using opened = await openMode(mode);
      await using context = await plainContext();
      await using out = await tmpDir();
      const [theirs, ours] = [out.join("theirs.tar"), out.join("ours.tar")];

      await runBuildx(opened.engine, [
        `--build-arg=SOURCE_DATE_EPOCH=${EPOCH}`,
        "--tag=app:1",
        `--output=type=${type},dest=${theirs},rewrite-timestamp=true,compression=zstd,force-compression=true,oci-mediatypes=true`,
        context.path,
      ]);
      const result = await opened.client.build({
        ...REPRODUCIBLE,
        contextDir: context.path,
        tag: "app:1",
        exports: [
          {
            type,
            dest: ours,
            rewriteTimestamp: true,
            compression: "zstd",
            forceCompression: true,
            ociMediaTypes: true,
          },
        ],
      });

      expect((await readFile(ours)).equals(await readFile(theirs))).toBe(true);
      const { stdout } = await run("tar", ["-xOf", ours, "index.json"]);
      expect(stdout).toContain(result.imageDigest);
    });

    test("a tar has the files of docker buildx's", async () => {
      await using opened = await openMode(mode);
      await using context = await plainContext();
      await using out = await tmpDir();

      await runBuildx(opened.engine, [`--output=type=tar,dest=${out.join("theirs.tar")}`, context.path]);
      const body = createWriteStream(out.join("ours.tar"));
      await opened.client.build({
        contextDir: context.path,
        exports: [{ type: "tar", dest: body }],
        output: textOutput(),
      });

      expect((await readFile(out.join("ours.tar"))).equals(await readFile(out.join("theirs.tar")))).toBe(
        true,
      );
    });

    test("several go to their places in one build", async () => {
      await using opened = await openMode(mode);
      await using context = await plainContext();
      await using out = await tmpDir();
      const tag = uniqueTag();

      await opened.client.build({
        contextDir: context.path,
        tag,
        exports: [
          { type: "tar", dest: out.join("files.tar") },
          { type: "load" },
          { type: "local", dest: out.join("files") },
          { type: "oci", dest: out.join("image.tar") },
        ],
        output: textOutput(),
      });

      expect(await readTree(out.join("files"))).toContain("ADD greeting file hello");
      const { stdout: names } = await run("tar", ["-tf", out.join("files.tar")]);
      expect(names).toContain("dir/more");
      const { stdout: index } = await run("tar", ["-xOf", out.join("image.tar"), "index.json"]);
      expect(index).toContain(tag);
      expect(await hasImage(opened.engine.dockerSocket, tag)).toBe(true);
      await removeImage(opened.engine.dockerSocket, tag);
    });

    test("an image that is loaded runs, and has the ID that was written", async () => {
      await using opened = await openMode(mode);
      const { dockerSocket } = opened.engine;
      await using context = await shellContext('FROM shell\nCMD ["echo", "loaded"]\n');
      await using out = await tmpDir();
      await writeFile(out.join("iid"), "stale");
      const tag = uniqueTag();

      const result = await opened.client.build({
        contextDir: context.path,
        tag,
        exports: [{ type: "load", compression: "zstd", forceCompression: true }],
        imageIdFile: out.join("iid"),
        output: textOutput(),
      });

      expect(await runImage(dockerSocket, tag)).toEqual({ exitCode: 0, output: "loaded\n" });
      const { Id } = await inspectImage(dockerSocket, tag);
      expect(await readFile(out.join("iid"), "utf8")).toBe(Id);
      expect(result.imageId).toBe(Id);
      await removeImage(dockerSocket, tag);
    });

    test("an image is loaded into the Docker of a context", async () => {
      await using config = await tmpDir();
      await using opened = await openMode(mode, { DOCKER_CONFIG: config.path });
      const { dockerSocket, dockerHost } = opened.engine;
      const name = "elsewhere";
      const meta = config.join(`contexts/meta/${createHash("sha256").update(name).digest("hex")}`);
      await mkdir(meta, { recursive: true });
      const endpoint = { Name: name, Metadata: {}, Endpoints: { docker: { Host: dockerHost } } };
      await writeFile(`${meta}/meta.json`, JSON.stringify(endpoint));
      await using context = await plainContext();
      const tag = uniqueTag();

      await opened.client.build({
        contextDir: context.path,
        tag,
        exports: [{ type: "load", context: name }],
        output: textOutput(),
      });
      const nowhere = opened.client.build({
        contextDir: context.path,
        tag,
        exports: [{ type: "load", context: "nowhere" }],
        output: textOutput(),
      });

      await expect(nowhere).rejects.toMatchObject({ code: "BK_NO_DOCKER" });
      expect(await hasImage(dockerSocket, tag)).toBe(true);
      await removeImage(dockerSocket, tag);
    });

    test("a build that fails leaves the old file and nothing else", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext("FROM shell\nRUN exit 3\n");
      await using out = await tmpDir();
      for (const name of ["image.tar", "metadata.json", "iid"]) await writeFile(out.join(name), "old");

      const building = opened.client.build({
        contextDir: context.path,
        exports: [{ type: "oci", dest: out.join("image.tar") }],
        metadataFile: out.join("metadata.json"),
        imageIdFile: out.join("iid"),
        output: textOutput(),
      });

      await expect(building).rejects.toMatchObject({ code: "BK_SOLVE_FAILED" });
      // As with docker buildx, nobody takes the old ID for the new image's.
      expect(await readTree(out.path)).toEqual(["ADD image.tar file old", "ADD metadata.json file old"]);
    });
  });

  test("the metadata file has the keys of docker buildx's, and its values", { timeout: 60_000 }, async () => {
    await using opened = await openMode("embedded");
    await using context = await plainContext();
    await using out = await tmpDir();
    const [theirs, ours] = [out.join("theirs.json"), out.join("ours.json")];

    await runBuildx(opened.engine, [
      `--build-arg=SOURCE_DATE_EPOCH=${EPOCH}`,
      "--tag=app:1",
      `--output=type=oci,dest=${out.join("theirs.tar")},rewrite-timestamp=true`,
      `--metadata-file=${theirs}`,
      context.path,
    ]);
    const { ref } = await opened.client.build({
      ...REPRODUCIBLE,
      contextDir: context.path,
      tag: "app:1",
      exports: [{ type: "oci", dest: out.join("ours.tar"), rewriteTimestamp: true }],
      metadataFile: ours,
    });

    const metadata = JSON.parse(await readFile(ours, "utf8"));
    const expected = JSON.parse(await readFile(theirs, "utf8"));
    expect(metadata).toEqual({ ...expected, "buildx.build.ref": ref });
    expect(metadata).toHaveProperty(["buildx.build.provenance", "invocation"]);
  });

  test.runIf(process.getuid?.() === 0 && process.platform === "linux")(
    "a full disk fails the build, and keeps the old file",
    { timeout: 60_000 },
    async () => {
      await using opened = await openMode("unix");
      await using context = await shellContext("FROM shell\n");
      await using disk = await tmpDir();
      await run("mount", ["-t", "tmpfs", "-o", "size=1m", "bk-test", disk.path]);
      try {
        await writeFile(disk.join("image.tar"), "old");

        const building = opened.client.build({
          contextDir: context.path,
          exports: [{ type: "oci", dest: disk.join("image.tar"), compression: "uncompressed" }],
          output: textOutput(),
        });

        await expect(building).rejects.toMatchObject({
          code: "BK_EXPORT_FAILED",
          message: expect.stringContaining("the disk is full"),
        });
        expect(await readTree(disk.path)).toEqual(["ADD image.tar file old"]);
      } finally {
        await run("umount", [disk.path]);
      }
    },
  );

  test("an aborted build leaves no temporary file", { timeout: 60_000 }, async () => {
    await using opened = await openMode("unix");
    await using context = await shellContext("FROM shell\n");
    await using out = await tmpDir();
    const stalled = new Writable({ write() {} }); // keeps the build from ending before the abort
    const abort = new AbortController();
    const changes = watch(out.path);

    const building = opened.client.build({
      contextDir: context.path,
      exports: [
        { type: "local", dest: out.join("beside") },
        { type: "oci", dest: out.join("image.tar") },
        { type: "tar", dest: stalled },
      ],
      output: textOutput(),
      signal: abort.signal,
    });
    building.catch(() => {});
    for await (const { filename } of changes) if (filename?.endsWith(".tmp")) break;
    abort.abort(new Error("changed my mind"));

    await expect(building).rejects.toThrow("changed my mind");
    expect((await readdir(out.path)).filter((name) => name.startsWith("image"))).toEqual([]);
  });
});

describe("an output", () => {
  test.each<[string, object, object, string]>([
    [
      "with an unknown attribute",
      { type: "oci", dest: "a" },
      { type: "image", pussh: true },
      "did you mean push?",
    ],
    [
      "to the path of another",
      { type: "oci", dest: "a" },
      { type: "docker", dest: "b/../a" },
      "both write to",
    ],
    ["of files, which have no ID", { type: "oci", dest: "a" }, { type: "tar", dest: "b" }, "imageIdFile"],
    [
      "to a directory that is a file",
      { type: "oci", dest: "a" },
      { type: "oci", dest: "iid/b" },
      "is not a directory",
    ],
  ])("%s is refused before anything is opened", async (_, first, second, shown) => {
    await using client = Client.fromEnv({ env: { BUILDKIT_HOST: "tcp://127.0.0.1:1" } });
    await using context = await plainContext();
    await using out = await tmpDir();
    await writeFile(out.join("iid"), "old");
    const place = (entry: object) =>
      "dest" in entry ? { ...entry, dest: out.join(String(entry.dest)) } : entry;

    const building = client.build({
      contextDir: context.path,
      exports: [place(first), place(second)] as BuildExport[],
      imageIdFile: out.join("new-iid"),
      waitTimeoutMs: 0,
      output: textOutput(),
    });

    await expect(building).rejects.toMatchObject({ code: "BK_OPTIONS_INVALID" });
    await expect(building).rejects.toThrow(shown);
    expect(await readTree(out.path)).toEqual(["ADD iid file old"]);
  });
});
