// SPDX-License-Identifier: Apache-2.0
import { readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { Client } from "../src/index.js";
import { prepareResultFiles } from "../src/result-files.js";

describe("prepareResultFiles()", () => {
  test.each<[string, Parameters<typeof prepareResultFiles>[0]]>([
    ["the ID and the metadata", { imageIdFile: "out", metadataFile: "./out" }],
    ["the metadata and an export", { metadataFile: "out", exports: [{ type: "oci", dest: "a/../out" }] }],
  ])("refuses one file for %s", async (_what, options) => {
    await expect(prepareResultFiles(options)).rejects.toMatchObject({ code: "BK_OPTIONS_INVALID" });
  });

  test("removes an old ID", async () => {
    await using dir = await tmpDir();
    await writeFile(dir.join("iid"), "old");

    await prepareResultFiles({ imageIdFile: dir.join("iid") });

    await expect(stat(dir.join("iid"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("empties the file behind a link, and keeps the link", async () => {
    await using dir = await tmpDir();
    await writeFile(dir.join("iid"), "old");
    await symlink("iid", dir.join("link"));

    await prepareResultFiles({ imageIdFile: dir.join("link") });

    expect(await readlink(dir.join("link"))).toBe("iid");
    expect(await readFile(dir.join("iid"), "utf8")).toBe("");
  });
});

test("a build whose options make no sense leaves the old ID alone", async () => {
  await using dir = await tmpDir();
  await writeFile(dir.join("iid"), "old");
  await using client = Client.embedded({ env: { DOCKER_HOST: "unix:///nonexistent" } });

  const building = client.build({ contextDir: ".", target: "", imageIdFile: dir.join("iid") });

  await expect(building).rejects.toMatchObject({ code: "BK_OPTIONS_INVALID", option: "target" });
  expect(await readFile(dir.join("iid"), "utf8")).toBe("old");
});
