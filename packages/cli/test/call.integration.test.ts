// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { integration, startRelay, type TmpDir, tree, useEngine } from "@bk/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runBk } from "./bk.js";

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `docker buildx build`, to compare with. */
function runBuildx(args: readonly string[], cwd: string): Promise<Ran> {
  const { docker = "docker", dockerHost, dockerConfig } = useEngine();
  const env = {
    ...process.env,
    DOCKER_HOST: dockerHost,
    ...(dockerConfig !== undefined && { DOCKER_CONFIG: dockerConfig }),
  };
  return new Promise((resolve) => {
    execFile(
      docker,
      ["buildx", "build", "--progress=plain", ...args],
      { env, cwd },
      (error, stdout, stderr) => resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

const warned = [
  "FROM scratch AS base",
  "ARG TOKEN",
  "copy file /file",
  "# app is what runs",
  "FROM base as app",
  "# NAME of the person",
  "ARG NAME=world",
  "RUN --mount=type=secret,id=npm,required=true --mount=type=ssh true",
  "MAINTAINER me",
].join("\\n");

/** Places of the sources in the daemon: they hold the session's id, which is another each time. */
function withoutDefinitions(json: string): unknown {
  const answer = JSON.parse(json);
  for (const source of answer.sources) if (typeof source === "object") delete source.definition;
  return answer;
}

integration.describe("bk build --call", () => {
  let dir: TmpDir;
  beforeAll(async () => {
    dir = await tree(
      `ADD warned/Dockerfile file "${warned}"`,
      'ADD clean/Dockerfile file "FROM scratch\\nCOPY Dockerfile /"',
      'ADD broken/Dockerfile file "FROM scratch\\nCOPYX file /"',
    );
  });
  afterAll(() => dir[Symbol.asyncDispose]());

  function bk(args: readonly string[], env = { DOCKER_HOST: useEngine().dockerHost }): Promise<Ran> {
    return runBk(["build", ...args], { env, cwd: dir.path }).then(({ exitCode, ...output }) => ({
      ...output,
      exitCode: exitCode ?? -1,
    }));
  }

  describe.each(["warned", "clean"])("for a Dockerfile that is %s", { timeout: 60_000 }, (context) => {
    test.each([
      ["--check"],
      ["--call=check"],
      ["--call=check,ignorestatus=true"],
      ["--call=outline"],
      ["--call=targets"],
      ["--call=subrequests.describe"],
    ])("prints with %s what docker buildx prints, and exits as it does", async (flag) => {
      const [ours, theirs] = await Promise.all([bk([flag, context]), runBuildx([flag, context], dir.path)]);

      expect(ours.stdout).toBe(theirs.stdout);
      expect(ours.exitCode).toBe(theirs.exitCode);
    });

    test.each(["check", "outline", "targets"])(
      "gives the JSON of %s that docker buildx gives",
      async (name) => {
        const flags = [`--call=${name},format=json`, context];
        const [ours, theirs] = await Promise.all([bk(flags), runBuildx(flags, dir.path)]);

        expect(withoutDefinitions(ours.stdout)).toEqual(withoutDefinitions(theirs.stdout));
        expect(ours.exitCode).toBe(theirs.exitCode);
      },
    );
  });

  test("shows why a Dockerfile cannot be built where docker buildx does", { timeout: 60_000 }, async () => {
    const flags = ["--call=check,ignorestatus=true", "broken"];
    const [ours, theirs] = await Promise.all([bk(flags), runBuildx(flags, dir.path)]);

    const why = theirs.stderr.slice(theirs.stderr.indexOf("ERROR: ") + "ERROR: ".length);
    expect(why).toContain("broken/Dockerfile:2\n");
    expect(ours.stderr).toContain(`bk: ${why.trimEnd()}\n`);
    expect({ ...ours, stderr: "" }).toEqual({ ...theirs, stderr: "" });
  });

  test("asks a standalone daemon, about a Dockerfile from elsewhere", { timeout: 60_000 }, async () => {
    await using relay = await startRelay({ dockerSocket: useEngine().dockerSocket, listen: "unix" });
    const env = { BUILDKIT_HOST: relay.address, DOCKER_HOST: "unix:///nonexistent" };

    const { exitCode, stdout } = await bk(["--check", "-f", "warned/Dockerfile", "clean"], env);

    expect(exitCode).toBe(1);
    expect(stdout).toContain("\nwarned/Dockerfile:2\n");
  });

  test("exits 1 for a question that nobody knows, and 2 for a malformed one", {
    timeout: 60_000,
  }, async () => {
    const unknown = await bk(["--call=riddle", "clean"]);
    const malformed = await bk(["--call=check,outline", "clean"]);

    expect(unknown).toMatchObject({ exitCode: 1, stdout: "" });
    expect(unknown.stderr).toContain('does not know "riddle"');
    expect(malformed).toMatchObject({ exitCode: 2, stdout: "" });
  });
});
