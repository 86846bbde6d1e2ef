// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import {
  createTestPki,
  forgetSteps,
  integration,
  leakCheck,
  startRegistry,
  startTokenServer,
  tmpDir,
  useEngine,
} from "@bk/testing";
import { describe, expect, test } from "vitest";
import type { BuildOptions } from "../src/index.js";
import { openMode } from "./helpers/modes.js";
import { shellContext } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

/** In every step, so that the engine can be made to forget these and no others. */
const MARKER = randomUUID();
/** Each time that its steps really run, /first and /second are others. */
const DOCKERFILE = `FROM shell AS made
RUN : ${MARKER} && head -c 16 /dev/urandom | md5sum > /first
FROM shell
COPY --from=made /first /
RUN : ${MARKER} && head -c 16 /dev/urandom | md5sum > /second
`;

const USER = { username: "ada", password: "s3cret-of-ada", identityToken: "identity-of-ada" };

type Env = Readonly<Record<string, string>>;

integration.describe("a cache in a registry", () => {
  leakCheck();

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 120_000 }, (mode) => {
    /** Builds with none of the steps in the daemon's own cache; returns what they made. */
    async function buildAfresh(contextDir: string, options: BuildOptions, env: Env = {}) {
      await using opened = await openMode(mode, env);
      await forgetSteps(opened.engine.dockerSocket, MARKER);
      await using out = await tmpDir();
      const output = textOutput();
      await opened.client.build({
        contextDir,
        output,
        ...options,
        exports: [{ type: "local", dest: out.path }, ...(options.exports ?? [])],
      });
      const made = [await readFile(out.join("first"), "utf8"), await readFile(out.join("second"), "utf8")];
      return { made, text: output.text };
    }

    test.each([
      { imageManifest: true, ociMediaTypes: true },
      { imageManifest: false, compression: "zstd", forceCompression: true },
    ] as const)("gives back every step that was put there with mode max, %j", async (format) => {
      await using registry = await startRegistry({ engine: useEngine() });
      await using context = await shellContext(DOCKERFILE);
      const ref = `${registry.host}/app:cache`;

      const first = await buildAfresh(context.path, {
        cacheTo: [{ type: "registry", ref, mode: "max", ...format }],
      });
      const second = await buildAfresh(context.path, { cacheFrom: [{ type: "registry", ref }] });

      expect(second.made).toEqual(first.made);
      expect(second.text).toMatch(/CACHED/);
    });

    test("gives back the steps of an image that holds its own", async () => {
      await using registry = await startRegistry({ engine: useEngine() });
      await using context = await shellContext(DOCKERFILE);
      const tag = `${registry.host}/app:1`;

      const first = await buildAfresh(context.path, {
        tag,
        exports: [{ type: "registry" }],
        cacheTo: [{ type: "inline" }],
      });
      const second = await buildAfresh(context.path, { cacheFrom: [{ type: "registry", ref: tag }] });

      expect(second.made).toEqual(first.made);
    });

    test("is written and read with tokens of the registry's server", async () => {
      await using config = await tmpDir();
      const pki = await createTestPki(config.path);
      await using tokens = await startTokenServer({ pki, ...USER });
      await using registry = await startRegistry({ engine: useEngine(), tokens });
      const auth = Buffer.from(`${USER.username}:${USER.password}`).toString("base64");
      await writeFile(config.join("config.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
      await using context = await shellContext(DOCKERFILE);
      const ref = `${registry.host}/app:cache`;
      const common = { registryAuth: { tls: new Map([[registry.host, { ca: pki.ca.cert }]]) } };
      const env = { DOCKER_CONFIG: config.path };

      const cacheTo = [{ type: "registry", ref, mode: "max" }] as const;
      const first = await buildAfresh(context.path, { ...common, cacheTo }, env);
      const cacheFrom = [{ type: "registry", ref }] as const;
      const second = await buildAfresh(context.path, { ...common, cacheFrom }, env);

      expect(second.made).toEqual(first.made);
      expect(tokens.requests).toContainEqual("password repository:app:pull,push");
      expect(tokens.requests).toContainEqual("password repository:app:pull");
    });

    test("that is not there does not matter", async () => {
      await using registry = await startRegistry({ engine: useEngine() });
      await using context = await shellContext(DOCKERFILE);
      const { made } = await buildAfresh(context.path, {
        cacheFrom: [{ type: "registry", ref: `${registry.host}/nothing:here` }],
      });
      expect(made).toHaveLength(2);
    });

    test("that cannot be written fails the build, unless its errors are ignored", async () => {
      await using context = await shellContext(DOCKERFILE);
      const ref = "127.0.0.1:1/app:cache";
      const building = buildAfresh(context.path, { cacheTo: [{ type: "registry", ref }] });
      await expect(building).rejects.toMatchObject({ code: "BK_SOLVE_FAILED" });
      const ignored = await buildAfresh(context.path, {
        cacheTo: [{ type: "registry", ref, ignoreError: true }],
      });
      expect(ignored.made).toHaveLength(2);
    });
  });
});
