// SPDX-License-Identifier: Apache-2.0
import {
  DiskUsageRequestSchema,
  DiskUsageResponseSchema,
  ListWorkersResponseSchema,
} from "@bk/proto/control";
import { type FakeHandler, leakCheck, startFakeDaemon } from "@bk/testing";
import { createDialer, parseAddress } from "@bk/transport";
import { describe, expect, test } from "vitest";
import {
  createDaemon,
  type Daemon,
  diskUsage,
  listWorkers,
  prune,
  readDaemonInfo,
  readStatus,
} from "../../src/index.js";

async function withDaemon<T>(
  handlers: Record<string, FakeHandler>,
  work: (daemon: Daemon) => Promise<T>,
): Promise<T> {
  const named = Object.entries(handlers).map(([name, handler]) => [
    `/moby.buildkit.v1.Control/${name}`,
    handler,
  ]);
  await using fake = await startFakeDaemon({ handlers: Object.fromEntries(named) });
  await using daemon = createDaemon({ dialer: createDialer(parseAddress(fake.address)) });
  return await work(daemon);
}

describe("the control API", () => {
  leakCheck();

  test("lists the cache, smallest record first", async () => {
    const asked: unknown[] = [];
    const records = await withDaemon(
      {
        async DiskUsage(call) {
          asked.push(await call.receive(DiskUsageRequestSchema));
          call.send(DiskUsageResponseSchema, {
            record: [
              { id: "large", size: 4096n, recordType: "regular", parents: ["small"] },
              { id: "small", size: 1n, createdAt: { seconds: 1_700_000_000n, nanos: 5_000_000 } },
            ],
          });
          call.end();
        },
      },
      (daemon) => diskUsage(daemon, { filter: ["type==regular"], unusedForMs: 1_500 }),
    );

    expect(asked).toMatchObject([{ filter: ["type==regular"], ageLimit: 1_500_000_000n }]);
    expect(records).toMatchObject([
      { id: "small", size: 1, createdAt: new Date("2023-11-14T22:13:20.005Z"), lastUsedAt: undefined },
      { id: "large", size: 4096, type: "regular", parents: ["small"] },
    ]);
  });

  test("spells the platforms of a worker as flags take them", async () => {
    const [worker] = await withDaemon(
      {
        ListWorkers(call) {
          call.send(ListWorkersResponseSchema, {
            record: [
              {
                id: "w1",
                platforms: [{ os: "linux", architecture: "arm", variant: "v7" }],
                gcPolicy: [{ keepDuration: 172_800_000_000_000n, maxUsedSpace: 512n }],
                buildkitVersion: { version: "v0.32.2" },
              },
            ],
          });
          call.end();
        },
      },
      (daemon) => listWorkers(daemon),
    );

    expect(worker).toMatchObject({
      platforms: ["linux/arm/v7"],
      gcPolicy: [{ keepDurationMs: 172_800_000, maxUsedSpace: 512, minFreeSpace: 0 }],
      buildkit: { version: "v0.32.2", dockerfileVersion: undefined },
    });
  });

  test.each([
    ["Info", readDaemonInfo],
    ["ListWorkers", listWorkers],
    ["Status", (daemon: Daemon) => readStatus(daemon, "ref").next()],
  ])("takes an answer of %s that cannot be read for a refusal", async (method, ask) => {
    const answered = withDaemon(
      {
        [method](call) {
          call.sendBytes(Buffer.from([0x0a, 0x7f, 1])); // cut short
          call.end();
        },
      },
      ask as (daemon: Daemon) => Promise<unknown>,
    );

    await expect(answered).rejects.toMatchObject({
      code: "BK_REQUEST_REFUSED",
      message: expect.stringContaining("cannot be read"),
    });
  });

  test("tells a request that the daemon refuses from one that it does not know", async () => {
    await withDaemon(
      {
        Prune: (call) => call.end({ status: 3, message: "filter\u001b[2J is malformed" }),
        Info: (call) => call.end({ status: 12, message: "unknown method Info" }),
      },
      async (daemon) => {
        await expect(prune(daemon).next()).rejects.toMatchObject({
          code: "BK_REQUEST_REFUSED",
          message: expect.stringMatching(/refused to prune: InvalidArgument: filter is malformed$/),
        });
        await expect(readDaemonInfo(daemon)).rejects.toMatchObject({ code: "BK_UNSUPPORTED" });
      },
    );
  });

  test("ends with the caller's reason when it is aborted", async () => {
    const abort = new AbortController();
    const usage = withDaemon({ DiskUsage: () => abort.abort(new Error("enough")) }, (daemon) =>
      diskUsage(daemon, { signal: abort.signal }),
    );

    await expect(usage).rejects.toThrow("enough");
  });
});
