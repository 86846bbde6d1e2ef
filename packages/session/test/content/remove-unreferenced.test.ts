// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { leakCheck, type TmpDir, tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { type Descriptor, putManifest, removeUnreferenced } from "../../src/index.js";
import { sha256 } from "./content-peer.js";

const INDEX = "application/vnd.oci.image.index.v1+json";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

async function add(dir: TmpDir, mediaType: string, content: unknown): Promise<Descriptor> {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const digest = sha256(text);
  await mkdir(dir.join("blobs/sha256"), { recursive: true });
  await writeFile(dir.join("blobs", ...digest.split(":")), text);
  return { mediaType, digest, size: text.length };
}

async function listBlobs(dir: TmpDir): Promise<readonly string[]> {
  return (await readdir(dir.join("blobs/sha256"))).map((hex) => `sha256:${hex}`).toSorted();
}

describe("removeUnreferenced()", () => {
  leakCheck();

  test("keeps what the index needs, at any depth, and removes all else", async () => {
    await using dir = await tmpDir();
    const [config, layer] = [await add(dir, "config", "config"), await add(dir, LAYER, "layer")];
    const manifest = await add(dir, MANIFEST, { config, layers: [layer] });
    const missing = { mediaType: MANIFEST, digest: sha256("missing"), size: 7 };
    const index = await add(dir, INDEX, { manifests: [manifest, missing] });
    await putManifest(dir.path, index, [{ tag: "latest" }]);
    await add(dir, LAYER, "old layer");
    await add(dir, MANIFEST, { layers: [layer] });

    await removeUnreferenced(dir.path);

    const kept = [config, layer, manifest, index].map(({ digest }) => digest);
    await expect(listBlobs(dir)).resolves.toEqual(kept.toSorted());
    expect((await readdir(dir.path)).toSorted()).toEqual(["blobs", "index.json", "oci-layout"]);
  });

  test.each([
    { name: "no JSON", content: "{" },
    { name: "something else", content: { layers: [{ digest: "../../x" }] } },
  ])("removes nothing when a manifest is $name", async ({ content }) => {
    await using dir = await tmpDir();
    await putManifest(dir.path, await add(dir, MANIFEST, content), [{ tag: "latest" }]);
    await add(dir, LAYER, "old layer");
    const before = await listBlobs(dir);

    await expect(removeUnreferenced(dir.path)).rejects.toMatchObject({ code: "BK_STORE_CORRUPT" });

    await expect(listBlobs(dir)).resolves.toEqual(before);
  });

  test("leaves files alone that are no blobs, and needs an index", async () => {
    await using dir = await tmpDir();
    await add(dir, LAYER, "layer");
    await expect(removeUnreferenced(dir.path)).rejects.toMatchObject({ code: "BK_STORE_FAILED" });
    await expect(listBlobs(dir)).resolves.toHaveLength(1);

    await writeFile(dir.join("blobs/sha256/README"), "");
    await writeFile(dir.join("index.json"), "");
    await removeUnreferenced(dir.path);
    await expect(readdir(dir.join("blobs/sha256"))).resolves.toEqual(["README"]);
  });
});
