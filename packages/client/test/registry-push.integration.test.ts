// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { integration, leakCheck, type Registry, startRegistry, tmpDir, tree, useEngine } from "@bk/testing";
import { describe, expect, test } from "vitest";
import type { BuildOptions } from "../src/index.js";
import { openMode } from "./helpers/modes.js";
import { textOutput } from "./helpers/text-output.js";

const USER = { username: "ada", password: "s3cret-of-ada" };
const MANIFESTS = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** What the registry has under a tag or a digest; undefined for nothing. */
async function findManifest(registry: Registry, name: string, reference: string, user?: typeof USER) {
  const response = await fetch(`http://${registry.host}/v2/${name}/manifests/${reference}`, {
    headers: {
      accept: MANIFESTS,
      ...(user && {
        authorization: `Basic ${Buffer.from(`${user.username}:${user.password}`).toString("base64")}`,
      }),
    },
  });
  await response.body?.cancel();
  return response.status === 200 ? response.headers.get("docker-content-digest") : undefined;
}

integration.describe("a push", () => {
  leakCheck();

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 60_000 }, (mode) => {
    async function build(options: BuildOptions, env: Readonly<Record<string, string>> = {}) {
      await using opened = await openMode(mode, env);
      await using context = await tree("ADD greeting file hello");
      const dockerfile = { text: "FROM scratch\nCOPY greeting /\n" };
      return await opened.client.build({
        contextDir: context.path,
        dockerfile,
        output: textOutput(),
        ...options,
      });
    }

    test.each([
      { type: "registry" },
      { type: "image", push: true, insecureRegistry: true },
      { type: "registry", compression: "zstd", ociMediaTypes: true, forceCompression: true },
    ] as const)("puts every tag into a registry of plain HTTP with %j", async (entry) => {
      await using registry = await startRegistry({ engine: useEngine() });
      const { imageDigest } = await build({
        tag: [`${registry.host}/app:1`, `${registry.host}/app:2`],
        exports: [entry],
      });
      expect(imageDigest).toMatch(/^sha256:/);
      expect(await findManifest(registry, "app", "1")).toBe(imageDigest);
      expect(await findManifest(registry, "app", "2")).toBe(imageDigest);
    });

    test("goes by digest without any tag", async () => {
      await using registry = await startRegistry({ engine: useEngine() });
      const { imageDigest = "" } = await build({
        tag: `${registry.host}/app`,
        exports: [{ type: "image", push: true, pushByDigest: true }],
      });
      expect(await findManifest(registry, "app", imageDigest)).toBe(imageDigest);
      expect(await findManifest(registry, "app", "latest")).toBeUndefined();
    });

    test("needs the credentials of the Docker config, which no error shows", async () => {
      await using registry = await startRegistry({ engine: useEngine(), auth: USER });
      await using config = await tmpDir();
      const login = (password: string) =>
        writeFile(
          config.join("config.json"),
          JSON.stringify({
            auths: {
              [registry.host]: { auth: Buffer.from(`${USER.username}:${password}`).toString("base64") },
            },
          }),
        );
      const options: BuildOptions = { tag: `${registry.host}/app:1`, exports: [{ type: "registry" }] };

      await login("wrong-password");
      const refused = build(options, { DOCKER_CONFIG: config.path });
      await expect(refused).rejects.toMatchObject({ code: "BK_SOLVE_FAILED" });
      await expect(refused).rejects.not.toThrow("wrong-password");
      await login(USER.password);
      const { imageDigest } = await build(options, { DOCKER_CONFIG: config.path });

      expect(await findManifest(registry, "app", "1", USER)).toBe(imageDigest);
    });
  });
});
