// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { inspectImage, integration, removeImage, useEngine } from "@bk/testing";
import { expect, test, vi } from "vitest";
import { buildImage } from "./examples/build-image.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";

test("the README's example is the one that is tested", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const example = await readFile(new URL("examples/build-image.ts", import.meta.url), "utf8");
  const block = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  expect(block.trim()).toBe(example.replace(/^\/\/ SPDX.*\n/, "").trim());
});

integration.describe("the README's example", () => {
  test("builds an image", { timeout: 60_000 }, async () => {
    const { dockerHost, dockerSocket } = useEngine();
    await using context = await shellContext("FROM shell\nARG VERSION\nLABEL version=$VERSION\n");
    const tag = uniqueTag();
    vi.stubEnv("DOCKER_HOST", dockerHost);
    vi.stubEnv("BUILDKIT_HOST", undefined);
    try {
      await expect(buildImage(context.path, tag)).resolves.toMatch(/^sha256:/);
    } finally {
      vi.unstubAllEnvs();
    }
    expect((await inspectImage(dockerSocket, tag)).Config.Labels).toMatchObject({ version: "1.2.3" });
    await removeImage(dockerSocket, tag);
  });
});
