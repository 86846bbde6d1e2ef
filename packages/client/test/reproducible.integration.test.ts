// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import {
  buildWithBuildx,
  inspectImage,
  integration,
  leakCheck,
  removeImage,
  startRegistry,
  tree,
  useEngine,
} from "@bk/testing";
import { afterEach, describe, expect, test } from "vitest";
import { openMode } from "./helpers/modes.js";
import { readBlob, readManifest } from "./helpers/registry-client.js";
import { uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

const buildArgs = { SOURCE_DATE_EPOCH: "1700000000" };
const CREATED = "2023-11-14T22:13:20Z";

integration.describe("SOURCE_DATE_EPOCH", () => {
  leakCheck();
  const tags: string[] = [];
  afterEach(async () => {
    for (const tag of tags.splice(0)) await removeImage(useEngine().dockerSocket, tag);
  }, 60_000);

  test("gives the digest that docker buildx gives", { timeout: 60_000 }, async () => {
    await using opened = await openMode("embedded");
    await using context = await reproducibleContext();
    const [ours, theirs] = [uniqueTag(), uniqueTag()];
    tags.push(ours, theirs);

    await buildWithBuildx(opened.engine, context.path, theirs, ["--build-arg=SOURCE_DATE_EPOCH=1700000000"]);
    const options = { contextDir: context.path, buildArgs, noCache: true, output: textOutput() };
    const { imageDigest } = await opened.client.build({ ...options, tag: ours });

    const { dockerSocket } = opened.engine;
    expect(await inspectImage(dockerSocket, ours)).toMatchObject({ Id: imageDigest, Created: CREATED });
    expect(await inspectImage(dockerSocket, theirs)).toMatchObject({ Id: imageDigest, Created: CREATED });
  });

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 60_000 }, (mode) => {
    test("gives the same digest twice, from nothing in the cache", async () => {
      await using opened = await openMode(mode);
      await using registry = await startRegistry({ engine: opened.engine });
      await using context = await reproducibleContext();
      const push = async () => {
        const { imageDigest } = await opened.client.build({
          contextDir: context.path,
          buildArgs,
          noCache: true,
          tag: `${registry.host}/app:1`,
          exports: [{ type: "image", push: true }],
          output: textOutput(),
        });
        return imageDigest ?? "";
      };

      const first = await push();

      expect(await push()).toBe(first);
      const { config } = await readManifest(registry, "app", first);
      expect(await readBlob(registry, "app", config?.digest ?? "")).toMatchObject({ created: CREATED });
    });
  });
});

async function reproducibleContext() {
  const context = await tree("ADD greeting file hello mtime=2020-09-13T12:26:40Z");
  await writeFile(context.join("Dockerfile"), "FROM scratch\nCOPY greeting /\nLABEL a=b\n");
  return context;
}
