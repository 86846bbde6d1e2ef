// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { SolveRequestSchema, SolveResponseSchema, StatusRequestSchema } from "@bk/proto/control";
import { type FakeHandler, joinSessionTunnel, openSessionPeer, startFakeDaemon, tree } from "@bk/testing";
import { expect, test, vi } from "vitest";
import { buildImage } from "./examples/build-image.js";
import { readBuilt } from "./examples/read-built.js";
import { startGatewayDaemon } from "./helpers/gateway-daemon.js";

const SOLVE = "/moby.buildkit.v1.Control/Solve";
const handlers: Record<string, FakeHandler> = {
  async "/moby.buildkit.v1.Control/Session"(call) {
    await using _peer = openSessionPeer(joinSessionTunnel(call));
    await call.nextMessage();
  },
  async "/moby.buildkit.v1.Control/Status"(call) {
    await call.receive(StatusRequestSchema);
    call.end();
  },
};

const DIGEST = `sha256:${"1".repeat(64)}`;

test("the README's examples are the ones that are tested", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const examples = await Promise.all(
    ["build-image.ts", "read-built.ts"].map((name) =>
      readFile(new URL(`examples/${name}`, import.meta.url), "utf8"),
    ),
  );
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]?.trim());
  expect(blocks).toEqual(examples.map((example) => example.replace(/^\/\/ SPDX.*\n/, "").trim()));
});

test("the README lists every error code", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const errors = await readFile(new URL("../src/errors.ts", import.meta.url), "utf8");
  const listed = readme.match(/^\| `BK_[A-Z_]+`/gm)?.map((row) => row.slice(3, -1));
  const codes = errors.match(/^ {2}\| "BK_[A-Z_]+"/gm)?.map((row) => row.slice(5, -1));
  expect(listed?.sort()).toEqual(codes?.sort());
});

test("the example builds an image", async () => {
  await using dir = await tree('ADD Dockerfile file "FROM scratch"');
  await using daemon = await startFakeDaemon({
    handlers: {
      ...handlers,
      async [SOLVE](call) {
        const { exporters } = await call.receive(SolveRequestSchema);
        expect(exporters[0]).toMatchObject({
          type: "image",
          attrs: { name: "docker.io/library/app:latest" },
        });
        call.send(SolveResponseSchema, { exporterResponse: { "containerimage.digest": DIGEST } });
        call.end();
      },
    },
  });
  expect(await buildImage(daemon.address, dir.path, "app")).toBe(DIGEST);
});

test("the example prints why a build failed", async () => {
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  await using dir = await tree('ADD Dockerfile file "FROM scratch"');
  await using daemon = await startFakeDaemon({
    handlers: {
      ...handlers,
      async [SOLVE](call) {
        await call.receive(SolveRequestSchema);
        call.end({ status: 2, message: "unknown instruction: FOO" });
      },
    },
  });
  await expect(buildImage(daemon.address, dir.path, "app")).rejects.toMatchObject({
    code: "BK_SOLVE_FAILED",
  });
  expect(printed.mock.calls).toEqual([["Build failed: unknown instruction: FOO\n"]]);
  printed.mockRestore();
});

test("the example checks a Dockerfile and reads what it makes", async () => {
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  await using dir = await tree('ADD Dockerfile file "FROM scratch"');
  await using daemon = await startGatewayDaemon({
    result: {
      result: { case: "ref", value: { id: "tree-1" } },
      metadata: { "result.json": Buffer.from("{}") },
    },
    file: Buffer.from("hello"),
  });
  expect(Buffer.from(await readBuilt(daemon.fake.address, dir.path, "/file")).toString()).toBe("hello");
  expect(printed.mock.calls).toEqual([["Check complete, no warnings found.\n"]]);
  printed.mockRestore();
});
