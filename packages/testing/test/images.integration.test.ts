// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { expect, test } from "vitest";

import {
  addShell,
  type Engine,
  hasImage,
  inspectImage,
  integration,
  removeImage,
  runImage,
  saveImage,
  startRegistry,
  tmpDir,
  tree,
  useEngine,
  writeTree,
} from "../src/index.js";

/** Builds with the engine's own docker command. */
async function docker(
  { docker: command, dockerConfig, dockerHost }: Engine,
  ...args: string[]
): Promise<void> {
  if (command === undefined) throw new Error("the engine has no docker command");
  const env = { ...process.env, DOCKER_CONFIG: dockerConfig, DOCKER_HOST: dockerHost };
  await promisify(execFile)(command, args, { env });
}

integration.describe("an image built on addShell()", () => {
  test("runs, can be inspected and saved, and is gone after removeImage()", { timeout: 60_000 }, async () => {
    const engine = useEngine();
    const { dockerSocket } = engine;
    const tag = `bk-testing-${randomBytes(4).toString("hex")}:latest`;
    await using context = await tree();
    const head = await addShell(context.path, engine);
    const data = `${head}FROM shell\nRUN echo built > /made\nLABEL who=bk\nCMD cat /made\n`;
    await writeTree(context.path, [{ path: "Dockerfile", kind: "file", data }]);
    await docker(engine, "buildx", "build", "-t", tag, context.path);
    expect(await hasImage(dockerSocket, tag)).toBe(true);
    expect((await inspectImage(dockerSocket, tag)).Config.Labels).toEqual({ who: "bk" });
    expect(await runImage(dockerSocket, tag)).toEqual({ exitCode: 0, output: "built\n" });
    expect(await runImage(dockerSocket, tag, ["sh", "-c", "echo no >&2; exit 3"])).toEqual({
      exitCode: 3,
      output: "no\n",
    });
    expect((await buffer(await saveImage(dockerSocket, tag))).includes("manifest.json")).toBe(true);
    await removeImage(dockerSocket, tag);
    expect(await hasImage(dockerSocket, tag)).toBe(false);
    await expect(inspectImage(dockerSocket, tag)).rejects.toThrow("Docker answered 404");
  });
});

integration.describe("startRegistry()", () => {
  test("takes BuildKit's pushes on loopback and gives them back", { timeout: 60_000 }, async () => {
    const engine = useEngine();
    await using registry = await startRegistry({ engine });
    await using context = await tree('ADD Dockerfile file "FROM scratch\\nCOPY f /\\n"', "ADD f file data");
    const image = `${registry.host}/pushed:latest`;
    await docker(engine, "buildx", "build", "--output", `type=image,name=${image},push=true`, context.path);
    const tags = await fetch(`http://${registry.host}/v2/pushed/tags/list`);
    expect(await tags.json()).toEqual({ name: "pushed", tags: ["latest"] });
    await removeImage(engine.dockerSocket, image);
    await using second = await tree({ path: "Dockerfile", kind: "file", data: `FROM ${image}\n` });
    await docker(engine, "buildx", "build", "--no-cache", "--pull", second.path);
  });

  test("asks for the user that it was given", async () => {
    const auth = { username: "someone", password: "p4ss word" };
    await using registry = await startRegistry({ engine: useEngine(), auth });
    const ask = (user: string) =>
      fetch(`http://${registry.host}/v2/`, {
        headers: { authorization: `Basic ${Buffer.from(user).toString("base64")}` },
      });
    expect((await fetch(`http://${registry.host}/v2/`)).status).toBe(401);
    expect((await ask("someone:wrong")).status).toBe(401);
    expect((await ask("someone:p4ss word")).status).toBe(200);
  });

  test("says how to get the program", async () => {
    await using dir = await tmpDir();
    const engine = { dockerSocket: dir.join("s"), dockerHost: "unix:///s" };
    await expect(startRegistry({ engine })).rejects.toThrow("--for-tests");
  });
});
