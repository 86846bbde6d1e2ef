// SPDX-License-Identifier: Apache-2.0
import { EventEmitter, once } from "node:events";
import type { Duplex } from "node:stream";
import { leakCheck, type TmpDir, tmpDir, waitUntil } from "@bk/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseAddress } from "../../src/address.js";
import { createChannel } from "../../src/channel.js";
import { createDialer } from "../../src/create-dialer.js";
import type { Dialer } from "../../src/dialer.js";
import { catchTransportError } from "../helpers/catch-error.js";
import { type FakeExec, type FakeExecOptions, frame, startFakeExec } from "../helpers/fake-exec.js";
import { startHttp2Server, startHttpServer, startRawServer, type TestServer } from "../helpers/servers.js";

let dir: TmpDir;
let docker: TestServer;
let dialer: Dialer;

/** Docker with one container called buildkitd, which runs unless `state` says otherwise. */
async function startDocker(onStart: FakeExecOptions["onStart"], state: object = { Running: true }) {
  const containers = { buildkitd: { State: state } };
  docker = await startFakeExec(dir.join("docker.sock"), { containers, onStart });
  dialer = dialerTo("buildkitd");
}

function dialerTo(name: string): Dialer {
  const env = { DOCKER_HOST: `unix://${dir.join("docker.sock")}` };
  return createDialer(parseAddress(`docker-container://${name}`), { env });
}

/** A connection, and the program in the container behind it. */
async function connect(): Promise<{ stream: Duplex; exec: FakeExec }> {
  const starts = new EventEmitter();
  const started = once(starts, "start");
  await startDocker((exec) => starts.emit("start", exec));
  const stream = await dialer.dial();
  const [exec] = await started;
  return { stream, exec };
}

async function failureOf(stream: Duplex) {
  stream.resume();
  const [error] = await once(stream, "error");
  return error;
}

describe("createDockerContainerDialer()", () => {
  leakCheck();
  beforeEach(async () => {
    dir = await tmpDir();
  });
  afterEach(async () => {
    vi.useRealTimers();
    await docker[Symbol.asyncDispose]();
    await dir[Symbol.asyncDispose]();
  });

  test("runs buildctl in the container and speaks HTTP/2 through it", async () => {
    await using http2 = await startHttp2Server();
    const commands: (readonly string[])[] = [];
    await startDocker(({ program, command }) => {
      commands.push(command);
      http2.adopt(program);
    });
    await using channel = createChannel(dialer);
    await channel.connect();
    expect(commands).toEqual([["buildctl", "dial-stdio"]]);
    expect(channel.endpoint).toBe("docker-container://buildkitd");
  });

  test("names a container that is not there", async () => {
    await startDocker(() => {});
    const error = await catchTransportError(dialerTo("nobody").dial());
    expect(error.code).toBe("BK_ENDPOINT_NOT_FOUND");
    expect(error.message).toContain("docker-container://nobody: the Docker of DOCKER_HOST has no container");
    expect(error.message).toContain("docker ps --all");
  });

  test.each([
    [{ Running: false, Status: "exited" }, "is not running. Try: docker start buildkitd"],
    [{ Running: true, Paused: true, Status: "paused" }, "is paused. Try: docker unpause buildkitd"],
  ])("says so when the container's state is %j", async (state, words) => {
    await startDocker(() => {}, state);
    const error = await catchTransportError(dialer.dial());
    expect(error.code).toBe("BK_CONNECTION_REFUSED");
    expect(error.message).toContain(words);
  });

  test("says so when there is no Docker", async () => {
    await startDocker(() => {});
    await docker[Symbol.asyncDispose]();
    const error = await catchTransportError(dialer.dial());
    expect(error.code).toBe("BK_ENDPOINT_NOT_FOUND");
    expect(error.endpoint).toBe(`unix://${dir.join("docker.sock")}`);
  });

  test("says so when the server is no Docker", async () => {
    docker = await startHttpServer((_request, response) => response.end("hello"), dir.join("docker.sock"));
    const error = await catchTransportError(dialerTo("buildkitd").dial());
    expect(error.code).toBe("BK_DOCKER_REFUSED");
    expect(error.message).toContain("no Docker Engine");
  });

  test("gives up on a silent Docker after 20 s", async () => {
    docker = await startRawServer((socket) => socket.resume(), dir.join("docker.sock"));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const dialing = catchTransportError(dialerTo("buildkitd").dial());
    await waitUntil(() => [...docker.sockets].some((socket) => socket.bytesRead > 0));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await dialing).toMatchObject({
      code: "BK_CONNECT_TIMEOUT",
      endpoint: "docker-container://buildkitd",
    });
  });

  test("keeps what the program says aside, and tells it when the program fails", async () => {
    const { stream, exec } = await connect();
    exec.writeStderr("error: dial unix /run/buildkit/buildkitd.sock: ");
    exec.writeStderr("connect: connection refused\n");
    exec.exit(1);
    const error = await failureOf(stream);
    expect(error).toMatchObject({ code: "BK_CONNECTION_REFUSED", retryable: true });
    expect(error.message).toContain("buildctl in the container ended with code 1");
    expect(error.message).toContain("may still be starting");
  });

  test("tells of a container without buildctl", async () => {
    const { stream, exec } = await connect();
    exec.writeRaw(
      frame(
        1,
        Buffer.from('OCI runtime exec failed: exec: "buildctl": executable file not found in $PATH\r\n'),
      ),
    );
    exec.exit(127);
    const error = await failureOf(stream);
    expect(error).toMatchObject({ code: "BK_COMMAND_FAILED", retryable: false });
    expect(error.message).toContain("BuildKit's images have buildctl");
  });

  test("calls it a lost connection when the program fails later", async () => {
    const { stream, exec } = await connect();
    exec.writeRaw(frame(1, Buffer.from("hello")));
    exec.exit(137);
    const error = await failureOf(stream);
    expect(error).toMatchObject({ code: "BK_CONNECTION_LOST" });
    expect(error.message).toContain("ended with code 137");
  });

  test("takes an end without a code as an ordinary one", async () => {
    const { stream, exec } = await connect();
    exec.exit(null);
    stream.resume();
    await once(stream, "close");
  });

  test("ends the connection when Docker sends what is no output", async () => {
    const { stream, exec } = await connect();
    exec.writeRaw(frame(3, Buffer.from("daemon is broken")));
    expect(await failureOf(stream)).toMatchObject({ code: "BK_PROTOCOL_ERROR" });
  });
});
