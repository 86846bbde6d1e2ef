// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import { listen, startFakeDaemon, startFakeDocker } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { runBk, sshStandIn } from "./bk.js";

describe("bk dial-stdio", () => {
  test("passes bytes on as they are, both ways, and half-closes", { timeout: 30_000 }, async () => {
    // Answers only after the end of what it is sent.
    await using server = await listen("unix", (socket) => {
      const chunks: Buffer[] = [];
      socket.on("data", (chunk: Buffer) => chunks.push(chunk));
      socket.on("end", () => socket.end(Buffer.concat(chunks)));
      socket.allowHalfOpen = true;
    });
    const stdin = randomBytes(8 << 20);

    const { exitCode, stdout, stderr } = await runBk(["dial-stdio", "--builder", server.address], {
      stdin,
      encoding: "latin1",
    });

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(digest(Buffer.from(stdout, "latin1"))).toBe(digest(stdin));
  });

  test("ends when the far side does, though stdin stays open", async () => {
    await using server = await listen("tcp", (socket) => void socket.end("goodbye"));
    const result = await runBk(["dial-stdio", "--builder", server.address], { stdinStaysOpen: true });
    expect(result).toMatchObject({ exitCode: 0, stdout: "goodbye", stderr: "" });
  });

  test("exits 3 when the connection is cut", async () => {
    await using server = await listen("tcp", (socket) => {
      socket.once("data", () => socket.resetAndDestroy());
    });
    const { exitCode, stderr } = await runBk(["dial-stdio", "--builder", server.address], {
      stdin: "hello",
      stdinStaysOpen: true,
    });
    expect(exitCode).toBe(3);
    expect(stderr).toContain(`The connection to ${server.address} was lost`);
  });

  test("exits 3 when nothing listens", async () => {
    const result = await runBk(["dial-stdio", "--builder", "unix:///nonexistent/buildkitd.sock"]);
    expect(result).toMatchObject({ exitCode: 3, stdout: "" });
    expect(result.stderr).toContain("/nonexistent/buildkitd.sock");
  });

  test("takes the stream that Docker upgrades", async () => {
    await using docker = await startFakeDocker({
      upgrades: { "/grpc": { kind: "switch", onSocket: (socket) => void socket.end("what HTTP/2 says") } },
    });
    const result = await runBk(["dial-stdio"], { env: { DOCKER_HOST: docker.address } });
    expect(result).toEqual({ exitCode: 0, stdout: "what HTTP/2 says", stderr: "" });
  });

  test("is what ssh needs on the other machine, here with a Docker that wants no upgrade", async () => {
    await using daemon = await startFakeDaemon();
    daemon.handle("/moby.buildkit.v1.Control/Info", (call) => {
      call.sendBytes(new Uint8Array());
      call.end();
    });
    await using docker = await startFakeDocker({ apiVersion: "1.53", http2: daemon });
    await using dir = await sshStandIn({ DOCKER_HOST: docker.address });

    const result = await runBk(["ping", "--format", "json", "--builder", "ssh://elsewhere"], {
      env: { PATH: `${dir.path}:${process.env["PATH"]}` },
    });

    expect(result, result.stderr).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(result.stdout)).toEqual({ endpoint: "ssh://elsewhere", tookMs: expect.any(Number) });
    expect(daemon.calls.map(({ path }) => path)).toEqual(["/moby.buildkit.v1.Control/Info"]);
    expect(docker.requests.map(({ url }) => url)).not.toContain("/grpc");
  });
});

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
