// SPDX-License-Identifier: Apache-2.0
import { symlink } from "node:fs/promises";
import path from "node:path";
import { startFakeDaemon, tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { type BkOptions, runBk } from "./bk.js";

const nowhere = { BUILDKIT_HOST: "unix:///nonexistent/buildkitd.sock" };

/** Runs bk, and tells which files of it were loaded, by their names without the hashes of their contents. */
async function runProbed(args: readonly string[], options: BkOptions = {}) {
  const probe = `import Module from "node:module";
    process.on("exit", () => console.error("\\nLOADED" + JSON.stringify(Object.keys(Module._cache))));`;
  const nodeArgs = ["--import", `data:text/javascript,${encodeURIComponent(probe)}`];
  const outcome = await runBk(args, { ...options, nodeArgs });
  const files: string[] = JSON.parse(/^LOADED(.*)$/m.exec(outcome.stderr)?.[1] ?? "");
  return { ...outcome, loaded: files.map((file) => path.basename(file).replace(/(?:-[\w-]{8})?\.cjs$/, "")) };
}

describe("bk", () => {
  test("prints its version without loading what commands need", async () => {
    for (const flag of ["--version", "-V"]) {
      const { exitCode, stdout, loaded } = await runProbed([flag]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "0.1.0\n" });
      expect(loaded).toEqual(["main", "version"]);
    }
    expect((await runBk(["--version", "ping"])).stdout).toBe("0.1.0\n");
  });

  test("loads for a command what most commands need, and no more", async () => {
    const { loaded } = await runProbed(["ping"], { env: nowhere });
    expect(loaded).toEqual(["main", "version", "start", "rolldown-runtime", "program"]);
  });

  test("says with version what it runs on", async () => {
    const { exitCode, stdout } = await runBk(["version"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^bk 0\.1\.0 \(Node \d+\.\d+\.\d+, \w+\/\w+\)\n$/);
    const json = await runBk(["version", "--format", "json"]);
    const { node } = process.versions;
    expect(JSON.parse(json.stdout)).toMatchObject({ version: "0.1.0", node, platform: process.platform });
  });

  test("helps on stdout, with the exit codes", async () => {
    const { exitCode, stdout, stderr } = await runBk(["--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("build [options] <path>");
    expect(stdout).toContain("3 no daemon");
  });

  test.each([
    { name: "an unknown command", args: ["bulid"], says: "bulid" },
    { name: "an unknown option", args: ["build", "--squish", "."], says: "--squish" },
    { name: "layers in one", args: ["build", "--squash", "."], says: "COPY --from" },
    { name: "an isolation", args: ["build", "--isolation", "hyperv", "."], says: "worker" },
    {
      name: "a security option",
      args: ["build", "--security-opt", "x", "."],
      says: "--allow security.insecure",
    },
    { name: "no path", args: ["build"], says: "path" },
    { name: "a second path", args: ["build", ".", "."], says: "too many arguments" },
    { name: "an unknown kind of progress", args: ["build", "--progress", "fancy", "."], says: "plain" },
    { name: "stdin as two things", args: ["build", "-f", "-", "-"], says: "Stdin" },
    { name: "a malformed secret", args: ["build", "--secret", "id", "."], says: "key=value" },
    { name: "a missing secret", args: ["build", "--secret", "id=a,src=/none", "."], says: "/none" },
    { name: "a missing SSH key", args: ["build", "--ssh", "default=/none", "."], says: "/none" },
    {
      name: "all stages and one",
      args: ["build", "--no-cache", "--no-cache-filter", "a", "."],
      says: "anew",
    },
    {
      name: "two times in a prune",
      args: ["prune", "--keep-duration", "1h", "--filter", "until=2h"],
      says: "bk help COMMAND",
    },
    { name: "a build arg without a name", args: ["build", "--build-arg", "=x", "."], says: "--build-arg" },
  ])("exits 2 for $name", async ({ args, says }) => {
    const { exitCode, stdout, stderr } = await runBk(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^bk: /);
    expect(stderr).toContain(says);
  });

  test.each([
    { name: "no socket", env: nowhere, says: "/nonexistent/buildkitd.sock" },
    { name: "an unknown scheme", env: { BUILDKIT_HOST: "ftp://host:1" }, says: "ftp://host:1" },
    { name: "no port", env: { BUILDKIT_HOST: "tcp://host" }, says: "port" },
    {
      name: "no Docker",
      env: { DOCKER_HOST: "unix:///nonexistent/docker.sock" },
      says: "/nonexistent/docker.sock",
    },
  ])("exits 3 for $name", async ({ env, says }) => {
    const { exitCode, stdout, stderr } = await runBk(["ping"], { env });
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).not.toContain("    at ");
  });

  test("wait exits 3 when the daemon is not ready in time", async () => {
    const { exitCode, stdout, stderr } = await runBk(["wait", "--timeout", "0s"], { env: nowhere });
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
    expect(stderr).toContain("was not ready within 0 s");
  });

  test("wait goes on until the daemon listens", async () => {
    await using dir = await tmpDir();
    const address = `unix://${dir.join("buildkitd.sock")}`;
    const waiting = runBk(["wait", "--timeout", "1m", "--format", "json"], {
      env: { BUILDKIT_HOST: address },
    });
    await using daemon = await startFakeDaemon();
    daemon.handle("/moby.buildkit.v1.Control/Info", (call) => {
      call.sendBytes(new Uint8Array());
      call.end();
    });
    await symlink(daemon.address.replace("unix://", ""), dir.join("buildkitd.sock"));

    const { exitCode, stdout } = await waiting;

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ endpoint: address, waitedMs: expect.any(Number) });
  });
});
