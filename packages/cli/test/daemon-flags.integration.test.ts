// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { integration, startRelay, tmpDir, useEngine } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { runBk } from "./bk.js";

integration.describe("the flags that say which daemon", () => {
  test("--builder counts before BUILDKIT_HOST, before or behind the command", async () => {
    await using relay = await startRelay({ dockerSocket: useEngine().dockerSocket, listen: "unix" });
    const env = { BUILDKIT_HOST: "unix:///nonexistent/buildkitd.sock" };

    for (const args of [
      ["--builder", relay.address, "ping"],
      ["ping", "--builder", relay.address],
    ]) {
      const { exitCode, stdout, stderr } = await runBk(args, { env });
      expect(exitCode, stderr).toBe(0);
      expect(stdout).toContain(relay.address);
    }
  });

  test("TLS files are given one by one or as a directory", { timeout: 30_000 }, async () => {
    await using relay = await startRelay({ dockerSocket: useEngine().dockerSocket, listen: "tls" });
    const pki = relay.tls;
    if (!pki) throw new Error("the relay has no TLS");
    await using dir = await tmpDir();
    await writeFile(dir.join("ca.pem"), pki.ca.cert);
    await writeFile(dir.join("cert.pem"), pki.client.cert);
    await writeFile(dir.join("key.pem"), pki.client.key);
    const ping = (...flags: string[]) => runBk(["ping", "--builder", relay.address, ...flags]);
    const files = [
      "--tlscacert",
      dir.join("ca.pem"),
      "--tlscert",
      dir.join("cert.pem"),
      "--tlskey",
      dir.join("key.pem"),
    ];

    expect(await ping("--tlsdir", dir.path)).toMatchObject({ exitCode: 0 });
    expect(await ping(...files)).toMatchObject({ exitCode: 0 });
    const other = await ping(...files, "--tlsservername", "other.example");
    expect(other).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("for another name") });
  });
});

describe("TLS flags", () => {
  test.each([
    { args: ["--tlsdir", "/tls", "--tlskey", "k.pem"], exitCode: 2, says: "--tlsdir names all three files" },
    { args: ["--tlsdir", "/nonexistent"], exitCode: 3, says: "/nonexistent" },
    { args: ["--tlscacert", "/nonexistent/ca.pem"], exitCode: 3, says: "/nonexistent/ca.pem" },
  ])("$args are refused with the reason", async ({ args, exitCode, says }) => {
    const result = await runBk(["ping", "--builder", "tcp://localhost:1", ...args]);
    expect(result).toMatchObject({ exitCode, stdout: "", stderr: expect.stringContaining(says) });
  });

  test("are of no use without an address", async () => {
    const result = await runBk(["ping", "--tlsservername", "x"]);
    expect(result).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--builder") });
  });
});
