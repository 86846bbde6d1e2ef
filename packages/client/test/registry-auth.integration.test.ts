// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { createAuth, createDockerCredentials } from "@bk/session";
import { createDaemon, createDockerDaemon, solve } from "@bk/solver";
import {
  integration,
  leakCheck,
  removeImage,
  startRegistry,
  startRelay,
  tmpDir,
  useEngine,
} from "@bk/testing";
import { createDialer, parseAddress } from "@bk/transport";
import { describe, expect, test } from "vitest";
import { openMode } from "./helpers/modes.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

const USER = { username: "ada", password: "s3cret-of-ada" };

integration.describe("a private registry", () => {
  leakCheck();

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 60_000 }, (mode) => {
    test("is pushed to and pulled from with the credentials of the Docker config", async () => {
      await using registry = await startRegistry({ engine: useEngine(), auth: USER });
      await using config = await dockerConfig(registry.host, USER.password);
      await using base = await shellContext("FROM scratch\nCOPY greeting /from-the-base\n");
      await push(mode, base.path, `${registry.host}/base:1`, config.path);
      await using opened = await openMode(mode, { DOCKER_CONFIG: config.path });
      const tag = uniqueTag();
      const output = textOutput();

      await opened.client.build({
        contextDir: base.path,
        dockerfile: { text: `FROM ${registry.host}/base:1\nCOPY greeting /more\n` },
        tag,
        output,
      });

      expect(output.text).toContain(`FROM ${registry.host}/base:1`);
      await removeImage(opened.engine.dockerSocket, tag);
    });

    test("refuses the build without them, naming the image and never the password", async () => {
      await using registry = await startRegistry({ engine: useEngine(), auth: USER });
      await using config = await dockerConfig(registry.host, "wrong-password");
      await using context = await shellContext("");
      await using opened = await openMode(mode, { DOCKER_CONFIG: config.path });

      const build = opened.client.build({
        contextDir: context.path,
        dockerfile: { text: `FROM ${registry.host}/base:1\n` },
        tag: uniqueTag(),
        output: textOutput(),
      });

      const error: unknown = await build.catch((cause: unknown) => cause);
      expect(error).toMatchObject({
        code: "BK_SOLVE_FAILED",
        message: expect.stringContaining(`${registry.host}/base:1`),
      });
      expect(JSON.stringify(error)).not.toContain("wrong-password");
    });
  });
});

async function dockerConfig(host: string, password: string) {
  const config = await tmpDir();
  const auth = Buffer.from(`${USER.username}:${password}`).toString("base64");
  await writeFile(config.join("config.json"), JSON.stringify({ auths: { [host]: { auth } } }));
  return config;
}

async function push(mode: "embedded" | "unix", contextDir: string, tag: string, dockerConfigDir: string) {
  const { dockerSocket } = useEngine();
  await using relay = await startRelay({ dockerSocket, listen: "unix" });
  await using daemon =
    mode === "embedded"
      ? createDockerDaemon({ endpoint: { address: { kind: "unix", path: dockerSocket }, source: "test" } })
      : createDaemon({ dialer: createDialer(parseAddress(relay.address)) });
  await solve(daemon, {
    contextDir,
    tags: [tag],
    exports: [{ type: "image", push: true }],
    attachables: [
      createAuth({ credentials: createDockerCredentials({ env: { DOCKER_CONFIG: dockerConfigDir } }) }),
    ],
  });
}
