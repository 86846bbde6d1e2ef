// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { integration, tmpDir, useEngine } from "@bk/testing";
import { expect, test } from "vitest";
import { runBk } from "./bk.js";

integration.describe("bk --debug", () => {
  test("shows causes, and nothing that a credential helper printed", { timeout: 60_000 }, async () => {
    await using dir = await tmpDir();
    const helper = "#!/bin/sh\necho 'hunter2 is no JSON'\n";
    await writeFile(dir.join("docker-credential-broken"), helper, { mode: 0o755 });
    await writeFile(dir.join("config.json"), '{"credsStore":"broken"}');
    const env = {
      DOCKER_HOST: useEngine().dockerHost,
      DOCKER_CONFIG: dir.path,
      PATH: `${dir.path}:${process.env["PATH"]}`,
    };

    const args = ["build", "--debug", "-o", "type=cacheonly", "-"];
    const { exitCode, stderr } = await runBk(args, { env, stdin: "FROM localhost:1/image\n" });

    expect(exitCode).toBe(1);
    expect(stderr).toContain("Causes:\n");
    expect(stderr).not.toContain("hunter2");
  });

  test("is a flag of the program, which changes nothing but failures", { timeout: 60_000 }, async () => {
    const env = { BUILDKIT_HOST: "unix:///nonexistent/buildkitd.sock" };
    const quiet = await runBk(["ping"], { env });
    for (const args of [
      ["-D", "ping"],
      ["ping", "--debug"],
    ]) {
      const { exitCode, stderr } = await runBk(args, { env });
      expect(exitCode).toBe(3);
      expect(stderr.startsWith(quiet.stderr)).toBe(true);
      expect(stderr).toMatch(/TransportError \[BK_ENDPOINT_NOT_FOUND\].*\n {4}at /);
      expect(stderr).toContain("Error [ENOENT]: connect ENOENT /nonexistent/buildkitd.sock");
    }
  });
});
