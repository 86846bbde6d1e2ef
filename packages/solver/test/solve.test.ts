// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
import { SolveRequestSchema, SolveResponseSchema, StatusRequestSchema } from "@bk/proto/control";
import {
  type FakeHandler,
  joinSessionTunnel,
  leakCheck,
  openSessionPeer,
  receiveTree,
  startFakeDaemon,
  type TreeRequest,
  tree,
} from "@bk/testing";
import { createDialer, parseAddress } from "@bk/transport";
import { describe, expect, test } from "vitest";
import { createDaemon, type SolveCallOptions, solve } from "../src/index.js";

/** A daemon that reads directories of the session before it answers, without building anything. */
function readingDaemon(...requests: readonly TreeRequest[]) {
  let read = (): void => {};
  const allRead = new Promise<void>((resolve) => {
    read = resolve;
  });
  const handlers: Record<string, FakeHandler> = {
    async "/moby.buildkit.v1.Control/Session"(call) {
      await using peer = openSessionPeer(joinSessionTunnel(call));
      for (const request of requests) await receiveTree(peer, request);
      read();
      await call.nextMessage();
    },
    async "/moby.buildkit.v1.Control/Status"(call) {
      await call.receive(StatusRequestSchema);
      call.end();
    },
    async "/moby.buildkit.v1.Control/Solve"(call) {
      await call.receive(SolveRequestSchema);
      await allRead;
      call.send(SolveResponseSchema, {});
      call.end();
    },
  };
  return startFakeDaemon({ handlers });
}

async function build(host: string, options: SolveCallOptions) {
  await using daemon = createDaemon({ dialer: createDialer(parseAddress(host)) });
  await solve(daemon, options);
}

describe("onSyncProgress", () => {
  leakCheck();

  test("reports the Dockerfile and the context, each to its end", async () => {
    await using dir = await tree('ADD Dockerfile file "FROM scratch"', "ADD a file 12345");
    await using daemon = await readingDaemon(
      { dirName: "dockerfile", followPaths: ["Dockerfile"] },
      { dirName: "context" },
    );
    const ends: unknown[] = [];

    await build(daemon.address, {
      contextDir: dir.path,
      onSyncProgress: ({ dir: name, files, bytes, done }) => done && ends.push({ name, files, bytes }),
    });

    expect(ends).toEqual([
      { name: "dockerfile", files: 1, bytes: 12 },
      { name: "context", files: 2, bytes: 17 },
    ]);
  });

  test("fails the build with what it throws", async () => {
    await using dir = await tree('ADD Dockerfile file "FROM scratch"');
    await using daemon = await readingDaemon({ dirName: "context" });
    const error = new Error("the display is broken");

    const building = build(daemon.address, {
      contextDir: dir.path,
      onSyncProgress() {
        throw error;
      },
    });

    await expect(building).rejects.toBe(error);
  });
});

describe("a stream that an export goes to", () => {
  leakCheck();

  test("is destroyed when no export came, which fails the build", async () => {
    await using dir = await tree('ADD Dockerfile file "FROM scratch"');
    await using daemon = await readingDaemon({ dirName: "context" });
    const dest = new PassThrough();

    const building = build(daemon.address, {
      contextDir: dir.path,
      exports: [{ type: "image" }, { type: "tar", dest }],
    });

    await expect(building).rejects.toMatchObject({
      code: "BK_EXPORT_FAILED",
      message: expect.stringContaining("exports[1]: it may be older"),
    });
    expect(dest.destroyed).toBe(true);
  });

  test("is destroyed when the build is refused before it begins", async () => {
    const dest = new PassThrough();
    const secrets = { token: { file: "/nonexistent" } };

    const building = build("tcp://127.0.0.1:1", {
      contextDir: ".",
      secrets,
      exports: [{ type: "tar", dest }],
    });

    await expect(building).rejects.toMatchObject({ code: "BK_OPTIONS_INVALID", option: "secrets.token" });
    expect(dest.destroyed).toBe(true);
  });
});
