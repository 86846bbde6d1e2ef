// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile, writeFile } from "node:fs/promises";
import {
  dialStdioCommand,
  type Engine,
  integration,
  leakCheck,
  removeImage,
  runImage,
  startRelay,
  startRelayContainer,
  startSshd,
  tmpDir,
  useEngine,
} from "@bk/testing";
import { afterEach, expect, test } from "vitest";
import { Client } from "../src/index.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

type Env = Readonly<Record<string, string | undefined>>;

/** An environment with this BUILDKIT_HOST, and with this folder first in the PATH. */
function envOf(engine: Engine, address: string, binDir = "/nonexistent"): Env {
  return {
    PATH: `${binDir}:${process.env["PATH"]}`,
    DOCKER_HOST: engine.dockerHost,
    DOCKER_CONFIG: "/nonexistent",
    BUILDKIT_HOST: address,
  };
}

integration.describe("a daemon that is no socket of this machine", () => {
  leakCheck();
  const tag = uniqueTag();
  afterEach(async () => {
    await removeImage(useEngine().dockerSocket, tag);
  }, 60_000);

  /** Builds an image whose context and result go through the connection, and runs it. */
  async function expectBuild(opened: Client): Promise<void> {
    await using client = opened;
    await using context = await shellContext("FROM shell\nCOPY greeting /greeting\nCMD cat /greeting\n");
    await client.build({ contextDir: context.path, tag, output: textOutput() });
    expect((await runImage(useEngine().dockerSocket, tag)).output).toContain("hello");
  }

  // Node comes from this machine, so the Docker must be the private one.
  test.skipIf(useEngine().busybox === undefined)(
    "builds in a Docker container",
    { timeout: 60_000 },
    async () => {
      const engine = useEngine();
      await using container = await startRelayContainer(engine.dockerSocket);
      await expectBuild(Client.fromEnv({ env: envOf(engine, `docker-container://${container.name}`) }));
    },
  );

  test.skipIf(useEngine().busybox === undefined)(
    "says that a Docker container has no buildctl",
    { timeout: 60_000 },
    async () => {
      const engine = useEngine();
      await using container = await startRelayContainer(engine.dockerSocket, { buildctl: false });
      await using client = Client.fromEnv({ env: envOf(engine, `docker-container://${container.name}`) });
      await expect(client.ping()).rejects.toMatchObject({
        code: "BK_COMMAND_FAILED",
        message: expect.stringContaining("executable file not found"),
      });
    },
  );

  test("says that a Docker container does not exist", async () => {
    const env = envOf(useEngine(), "docker-container://bk-no-such-container");
    await using client = Client.fromEnv({ env });
    await expect(client.ping()).rejects.toMatchObject({ code: "BK_ENDPOINT_NOT_FOUND" });
  });

  test("builds on a machine that ssh leads to", { timeout: 60_000 }, async (context) => {
    const engine = useEngine();
    if (!engine.openssh) return context.skip("the engine was started without OpenSSH, or there is none");
    await using relay = await startRelay({ dockerSocket: engine.dockerSocket, listen: "unix" });
    const command = dialStdioCommand(relay.address.replace("unix://", ""));
    await using sshd = await startSshd({ openssh: engine.openssh, command });
    await expectBuild(
      Client.fromEnv({ env: envOf(engine, `ssh://${sshd.user}@127.0.0.1:${sshd.port}`, sshd.binDir) }),
    );
    expect(sshd.log()).toContain("Accepted publickey");
  });

  test("builds in a Docker that ssh leads to", { timeout: 60_000 }, async (context) => {
    const engine = useEngine();
    if (!engine.openssh) return context.skip("the engine was started without OpenSSH, or there is none");
    const command = dialStdioCommand(engine.dockerSocket);
    await using sshd = await startSshd({ openssh: engine.openssh, command });
    const address = `ssh://${sshd.user}@127.0.0.1:${sshd.port}`;
    const env = { ...envOf(engine, "", sshd.binDir), DOCKER_HOST: address };
    await expectBuild(Client.embedded({ env }));
    expect(sshd.log()).toContain("Accepted publickey");
  });

  test("says that ssh may not log in", { timeout: 60_000 }, async (context) => {
    const engine = useEngine();
    if (!engine.openssh) return context.skip("the engine was started without OpenSSH, or there is none");
    await using sshd = await startSshd({ openssh: engine.openssh, command: "true" });
    const env = envOf(engine, `ssh://nobody@127.0.0.1:${sshd.port}`, sshd.binDir);
    await using client = Client.fromEnv({ env });
    await expect(client.ping()).rejects.toMatchObject({
      code: "BK_PERMISSION_DENIED",
      message: expect.stringContaining("Permission denied (publickey"),
    });
  });

  test.each([
    [
      "kube-pod://buildkitd-0?namespace=ci",
      "kubectl",
      "--namespace=ci exec -i buildkitd-0 -- buildctl dial-stdio",
    ],
    ["podman-container://buildkitd", "podman", "exec -i -- buildkitd buildctl dial-stdio"],
    ["nerdctl-container://buildkitd", "nerdctl", "exec -i -- buildkitd buildctl dial-stdio"],
  ])("builds at %s through %s", { timeout: 60_000 }, async (address, program, args) => {
    const engine = useEngine();
    await using dir = await tmpDir();
    await using relay = await startRelay({ dockerSocket: engine.dockerSocket, listen: "unix" });
    const join = dialStdioCommand(relay.address.replace("unix://", ""));
    await mkdir(dir.join("bin"));
    // A stand-in that notes how it was started.
    const script = `#!/bin/sh\necho "$@" >> '${dir.join("calls")}'\nexec ${join}\n`;
    await writeFile(dir.join("bin", program), script, { mode: 0o755 });
    await expectBuild(Client.fromEnv({ env: envOf(engine, address, dir.join("bin")) }));
    const calls = (await readFile(dir.join("calls"), "utf8")).trim().split("\n");
    expect(new Set(calls)).toEqual(new Set([args]));
  });
});
