// SPDX-License-Identifier: Apache-2.0
import {
  BuildHistoryEventSchema,
  BuildHistoryEventType,
  BuildHistoryRequestSchema,
  InfoResponseSchema,
  ListWorkersResponseSchema,
} from "@bk/proto/control";
import { type FakeDaemon, startFakeDaemon } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { runBk } from "./bk.js";

async function readJson(daemon: FakeDaemon, args: readonly string[]) {
  const { exitCode, stdout, stderr } = await runBk(args, { env: { BUILDKIT_HOST: daemon.address } });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return JSON.parse(stdout);
}

/** Answers for two builds, and notes what it was asked for. */
function answerHistory(daemon: FakeDaemon): readonly { readonly ref: string; readonly filter: string[] }[] {
  const asked: { readonly ref: string; readonly filter: string[] }[] = [];
  daemon.handle("/moby.buildkit.v1.Control/ListenBuildHistory", async (call) => {
    asked.push(await call.receive(BuildHistoryRequestSchema));
    for (const [ref, seconds] of [
      ["older", 1n],
      ["newer", 2n],
    ] as const) {
      const record = { ref, frontend: "dockerfile.v0", createdAt: { seconds } };
      call.send(BuildHistoryEventSchema, { type: BuildHistoryEventType.COMPLETE, record });
    }
    call.end();
  });
  return asked;
}

describe("for programs", () => {
  test("bk info and bk workers describe the daemon", async () => {
    await using daemon = await startFakeDaemon();
    daemon.handle("/moby.buildkit.v1.Control/Info", (call) => {
      call.send(InfoResponseSchema, { buildkitVersion: { package: "example.com/kit", version: "v1.2.3" } });
      call.end();
    });
    daemon.handle("/moby.buildkit.v1.Control/ListWorkers", (call) => {
      call.send(ListWorkersResponseSchema, {
        record: [{ id: "w1", platforms: [{ os: "linux", architecture: "arm64" }] }],
      });
      call.end();
    });

    const info = await readJson(daemon, ["info", "--format", "json"]);
    const workers = await readJson(daemon, ["workers", "--format", "json"]);

    const told = { endpoint: daemon.address, package: "example.com/kit", version: "v1.2.3" };
    expect(info).toMatchObject(told);
    expect(workers).toMatchObject([{ id: "w1", platforms: ["linux/arm64"] }]);
  });

  test("bk history ls lists the newest that match", async () => {
    await using daemon = await startFakeDaemon();
    const asked = answerHistory(daemon);
    const filter = ["status==error", "repository~=example"];

    const all = await readJson(daemon, ["history", "ls", "--format", "json"]);
    const some = await readJson(daemon, [
      ...["history", "ls", "--filter", "status==error", "--filter", "repository~=example"],
      ...["--limit", "1", "--format", "json"],
    ]);

    expect(all).toMatchObject([{ ref: "newer" }, { ref: "older" }]);
    expect(some).toMatchObject([{ ref: "newer" }]);
    expect(asked).toMatchObject([{ filter: [] }, { filter }]);
  });

  test.each(["0", "-1", "1.5", "many"])("bk history ls refuses --limit %s", async (limit) => {
    const { exitCode, stderr } = await runBk(["history", "ls", `--limit=${limit}`]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`--limit needs a number from 1, and got "${limit}"`);
  });

  test("bk history inspect shows one build", async () => {
    await using daemon = await startFakeDaemon();
    const asked = answerHistory(daemon);

    const record = await readJson(daemon, ["history", "inspect", "older", "--format", "json"]);

    expect(record).toMatchObject({ ref: "older", frontend: "dockerfile.v0" });
    expect(asked).toMatchObject([{ ref: "older" }]);
  });
});
