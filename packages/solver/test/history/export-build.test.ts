// SPDX-License-Identifier: Apache-2.0
import { buffer } from "node:stream/consumers";
import { BuildHistoryEventSchema, BuildHistoryEventType } from "@bk/proto/control";
import { type FakeHandler, leakCheck, startFakeDaemon } from "@bk/testing";
import { createDialer, parseAddress } from "@bk/transport";
import { describe, expect, test } from "vitest";
import { createDaemon, exportBuild } from "../../src/index.js";

const DIGEST = `sha256:${"1".repeat(64)}`;

/** A daemon that knows one build, whose log `read` sends. */
function startHistory(read: FakeHandler, digest = DIGEST) {
  return startFakeDaemon({
    handlers: {
      "/moby.buildkit.v1.Control/ListenBuildHistory"(call) {
        call.send(BuildHistoryEventSchema, {
          type: BuildHistoryEventType.COMPLETE,
          record: { ref: "r1", logs: { mediaType: "log", digest, size: 12n } },
        });
        call.end();
      },
      "/containerd.services.content.v1.Content/Read": read,
    },
  });
}

describe("exportBuild()", () => {
  leakCheck();

  test("fails with a typed error when the daemon does not have what its record names", async () => {
    await using fake = await startHistory((call) => call.end({ status: 5, message: "no such blob" }));
    await using daemon = createDaemon({ dialer: createDialer(parseAddress(fake.address)) });

    await expect(buffer(await exportBuild(daemon, "r1"))).rejects.toMatchObject({
      code: "BK_REQUEST_REFUSED",
      message: expect.stringContaining(DIGEST),
    });
  });

  test("names no file in the archive by what is no digest", async () => {
    await using fake = await startHistory((call) => call.end(), "sha256:../../../escaped");
    await using daemon = createDaemon({ dialer: createDialer(parseAddress(fake.address)) });

    await expect(buffer(await exportBuild(daemon, "r1"))).rejects.toMatchObject({
      code: "BK_ANSWER_INVALID",
      message: expect.stringContaining("escaped"),
    });
  });

  test("fails with the signal's reason when it is aborted while a blob comes", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    await using fake = await startHistory(() => controller.abort(reason));
    await using daemon = createDaemon({ dialer: createDialer(parseAddress(fake.address)) });

    const archive = await exportBuild(daemon, "r1", { signal: controller.signal });

    await expect(buffer(archive)).rejects.toBe(reason);
  });
});
