// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
import { tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { type OutputFlags, takesStdout, toOutputOptions } from "../src/output-flags.js";

const stdout = new PassThrough();

function toOptions(flags: OutputFlags, env = {}) {
  return toOutputOptions(flags, { stdout, env });
}

describe("toOutputOptions()", () => {
  test("leaves the place to the client when none is given", async () => {
    expect(await toOptions({})).not.toHaveProperty("exports");
    expect(await toOptions({ output: [""] })).not.toHaveProperty("exports");
  });

  test.each<[string, object]>([
    ["out", { type: "local", dest: "out", attrs: {} }],
    ["-", { type: "tar", dest: stdout, attrs: {} }],
    ["type=tar", { type: "tar", dest: stdout, attrs: {} }],
    ["type=oci,dest=-", { type: "oci", dest: stdout, attrs: {} }],
    ["type=oci,dest=a.tar,compression=zstd", { type: "oci", dest: "a.tar", attrs: { compression: "zstd" } }],
    ["type=oci,dest=layout,tar=false", { type: "oci", dest: "layout", attrs: { tar: "false" } }],
    ["type=docker,dest=a.tar", { type: "docker", dest: "a.tar", attrs: {} }],
    ["type=docker", { type: "load", attrs: {} }],
    ["type=docker,context=other", { type: "load", context: "other", attrs: {} }],
    ["type=image,name=app,push=true", { type: "image", attrs: { name: "app", push: "true" } }],
    ["type=registry,unpack=true", { type: "registry", attrs: { unpack: "true" } }],
  ])("reads --output %s", async (output, expected) => {
    expect((await toOptions({ output: [output] })).exports).toEqual([expected]);
  });

  test("takes cacheonly for no place at all", async () => {
    expect((await toOptions({ output: ["type=cacheonly"] })).exports).toEqual([]);
  });

  test("prefers tags to an output's own name", async () => {
    const { exports } = await toOptions({ tag: ["app:1"], output: ["type=image,name=other"] });
    expect(exports).toEqual([{ type: "image", attrs: {} }]);
  });

  test("pushes the images among the outputs, or one more", async () => {
    const image = await toOptions({ push: true, output: ["type=image", "type=oci,dest=a.tar"] });
    expect(image.exports).toEqual([
      { type: "image", attrs: { unpack: "false", push: "true" } },
      { type: "oci", dest: "a.tar", attrs: {} },
    ]);
    expect((await toOptions({ push: true })).exports).toEqual([{ type: "registry" }]);
    expect((await toOptions({ push: true, output: ["out"] })).exports).toMatchObject([
      { type: "local" },
      { type: "registry" },
    ]);
  });

  test("loads once", async () => {
    expect((await toOptions({ load: true })).exports).toEqual([{ type: "load" }]);
    expect((await toOptions({ load: true, output: ["type=docker"] })).exports).toHaveLength(1);
    expect((await toOptions({ load: true, push: true })).exports).toEqual([
      { type: "registry" },
      { type: "load" },
    ]);
  });

  test("reads caches, images alone too", async () => {
    const { cacheFrom, cacheTo } = await toOptions({
      cacheFrom: ["app:cache,app:main", "type=local,src=cache", ""],
      cacheTo: ["type=registry,ref=app:cache,mode=max", "type=inline"],
    });
    expect(cacheFrom).toEqual([
      { type: "registry", attrs: { ref: "app:cache" } },
      { type: "registry", attrs: { ref: "app:main" } },
      { type: "local", attrs: { src: "cache" } },
    ]);
    expect(cacheTo).toEqual([
      { type: "registry", attrs: { ref: "app:cache", mode: "max" } },
      { type: "inline", attrs: {} },
    ]);
  });

  test.each([
    ["", "min"],
    ["max", "max"],
    ["disabled", "disabled"],
    ["false", "disabled"],
    ["something", "min"],
  ])("puts provenance as BUILDX_METADATA_PROVENANCE=%s says into --metadata-file", async (value, mode) => {
    const options = await toOptions(
      { metadataFile: "m.json", iidfile: "iid" },
      { BUILDX_METADATA_PROVENANCE: value },
    );
    expect(options).toMatchObject({
      metadataFile: "m.json",
      imageIdFile: "iid",
      metadataProvenance: mode,
    });
  });

  test("deletes below the working directory, and elsewhere by leave only", async () => {
    await using dir = await tmpDir();
    const output = [`type=local,dest=${dir.join("out")},mode=delete`];
    await expect(toOptions({ output })).rejects.toThrow("--allow buildx.local.delete");
    await expect(toOptions({ output: ["type=local,dest=.,mode=delete"] })).rejects.toThrow("--allow");
    await toOptions({ output: ["type=local,dest=./out,mode=delete"] });
    const { exports } = await toOptions({ output, allow: ["network.host", "buildx.local.delete"] });
    expect(exports).toMatchObject([{ attrs: { mode: "delete" } }]);
  });

  test("refuses bytes for a terminal, and stdout for a directory", async () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true });
    await expect(toOutputOptions({ output: ["-"] }, { stdout: terminal, env: {} })).rejects.toThrow(
      "dest=FILE",
    );
    await expect(toOptions({ output: ["type=local,dest=-"] })).rejects.toThrow("cannot go to stdout");
    await expect(toOptions({ output: ["type=oci,tar=false,dest=-"] })).rejects.toThrow("cannot go to stdout");
  });

  test("knows when stdout is taken", async () => {
    expect(takesStdout(await toOptions({ output: ["type=oci"] }), { stdout })).toBe(true);
    expect(takesStdout(await toOptions({ output: ["type=oci,dest=a"] }), { stdout })).toBe(false);
    expect(takesStdout(await toOptions({}), { stdout })).toBe(false);
  });
});
