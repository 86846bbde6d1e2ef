// SPDX-License-Identifier: Apache-2.0

import { setTimeout as delay } from "node:timers/promises";
import { ReadContentResponseSchema } from "@bk/proto/content";
import { BuildHistoryEventSchema, BuildHistoryEventType, SolveRequestSchema } from "@bk/proto/control";
import { StatusSchema } from "@bk/proto/rpc";
import { joinSessionTunnel, leakCheck, openSessionPeer, startFakeDaemon, tree } from "@bk/testing";
import { createDialer, type Dialer, parseAddress } from "@bk/transport";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { createDaemon, solve } from "../src/index.js";

const CONTROL = "/moby.buildkit.v1.Control";
/** gRPC's codes. */
const [CANCELED, UNKNOWN, UNAVAILABLE] = [1, 2, 14];

type BuildError = MessageInitShape<typeof StatusSchema>;

interface LosingOptions {
  readonly error: BuildError;
  readonly whole?: BuildError;
  /** The history names the blob, and does not have it. */
  readonly isBlobLost?: boolean;
}

/** A daemon that loses the connection as it answers a build, whose history has `error` and, as a blob, `whole`. */
function startLosing({ error, whole, isBlobLost }: LosingOptions) {
  const blob = whole && toBinary(StatusSchema, create(StatusSchema, whole));
  const externalError = blob && { digest: "sha256:1", size: BigInt(blob.length) };
  return startFakeDaemon({
    handlers: {
      async [`${CONTROL}/Session`](call) {
        await using _peer = openSessionPeer(joinSessionTunnel(call));
        await call.nextMessage();
      },
      [`${CONTROL}/Status`]() {},
      async [`${CONTROL}/Solve`](call) {
        await call.receive(SolveRequestSchema);
        call.stream.session?.destroy();
      },
      [`${CONTROL}/ListenBuildHistory`](call) {
        const record = { ref: "r1", error, externalError };
        call.send(BuildHistoryEventSchema, { type: BuildHistoryEventType.COMPLETE, record });
        call.end();
      },
      "/containerd.services.content.v1.Content/Read"(call) {
        if (isBlobLost) return call.end({ status: 5, message: "no such blob" });
        call.send(ReadContentResponseSchema, { data: blob ?? new Uint8Array() });
        call.end();
      },
    },
  });
}

async function build(address: string, dialer: Dialer = createDialer(parseAddress(address))) {
  await using dir = await tree('ADD Dockerfile file "FROM scratch"');
  await using daemon = createDaemon({ dialer });
  await solve(daemon, { contextDir: dir.path, ref: "r1" });
}

/** As through ssh: every connection takes 2 s. */
function createSlowDialer(address: string): Dialer {
  const dialer = createDialer(parseAddress(address));
  return {
    endpoint: dialer.endpoint,
    async dial(options = {}) {
      await delay(2_000, undefined, { signal: options.signal });
      return dialer.dial(options);
    },
  };
}

/** As to a machine that is gone: the second connection neither comes nor fails. */
function createDialerOnce(address: string): Dialer {
  const dialer = createDialer(parseAddress(address));
  let dials = 0;
  return {
    endpoint: dialer.endpoint,
    dial: (options) => (++dials === 1 ? dialer.dial(options) : new Promise(() => {})),
  };
}

describe("a connection that is lost as a build fails", () => {
  leakCheck();

  test("does not lose the whole error, which the history has as a blob", async () => {
    const source = {
      info: { filename: "Dockerfile", data: "UlVOIGZhbHNl" },
      ranges: [{ start: { line: 1 } }],
    };
    const details = [
      { typeUrl: "github.com/moby/buildkit/errdefs.Source+json", value: Buffer.from(JSON.stringify(source)) },
    ];
    const message = 'process "/bin/sh -c false" did not complete successfully: exit code: 3';
    await using fake = await startLosing({
      error: { code: UNKNOWN, message: "short" },
      whole: { code: UNKNOWN, message, details },
    });

    await expect(build(fake.address)).rejects.toMatchObject({
      code: "BK_SOLVE_FAILED",
      failure: { message, exitCode: 3, source: { filename: "Dockerfile", line: 1 } },
    });
  });

  test("leaves the one line of the history when there is no blob of its own", async () => {
    await using fake = await startLosing({
      error: { code: UNKNOWN, message: "the step failed" },
      whole: { message: "" },
      isBlobLost: true,
    });

    await expect(build(fake.address)).rejects.toMatchObject({
      code: "BK_SOLVE_FAILED",
      failure: { message: "the step failed" },
    });
  });

  test("does not lose the error where connections take seconds", async () => {
    await using fake = await startLosing({ error: { code: UNKNOWN, message: "the step failed" } });

    await expect(build(fake.address, createSlowDialer(fake.address))).rejects.toMatchObject({
      code: "BK_SOLVE_FAILED",
      failure: { message: "the step failed" },
    });
  });

  test("is what is told when the daemon cannot be asked again", async () => {
    await using fake = await startLosing({ error: { code: UNKNOWN, message: "the step failed" } });

    await expect(build(fake.address, createDialerOnce(fake.address))).rejects.toMatchObject({
      code: expect.stringMatching(/^BK_(CONNECTION|SESSION)_LOST$/),
    });
  });

  test.each([
    { code: CANCELED, message: "context canceled" },
    { code: UNAVAILABLE, message: "error reading from server: EOF" },
    {
      code: UNKNOWN,
      message: "load build context: rpc error: code = Unavailable desc = client disconnected",
    },
  ])("is what is told of a build that failed because of it: $message", async (error) => {
    await using fake = await startLosing({ error });

    await expect(build(fake.address)).rejects.toMatchObject({
      message: expect.stringContaining("lost"),
      code: expect.stringMatching(/^BK_(CONNECTION|SESSION)_LOST$/),
    });
  });
});
