// SPDX-License-Identifier: Apache-2.0
import { PruneRequestSchema } from "@bk/proto/control";
import { startFakeDaemon } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { runBk } from "./bk.js";

describe("bk prune", () => {
  test("asks for what its flags say", async () => {
    await using daemon = await startFakeDaemon();
    let asked: unknown;
    daemon.handle("/moby.buildkit.v1.Control/Prune", async (call) => {
      asked = await call.receive(PruneRequestSchema);
      call.end();
    });
    const { exitCode, stdout } = await runBk(
      [
        "prune",
        ...["--all", "--keep-duration", "1h30m", "--reserved-space", "1GB"],
        ...["--max-used-space", "2.5g", "--min-free-space", "512MB"],
        ...["--filter", "type=regular", "--filter", "id=abc", "--format", "json"],
      ],
      { env: { BUILDKIT_HOST: daemon.address } },
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "[]\n" });
    expect(asked).toMatchObject({
      filter: ["type==regular,id~=abc"],
      all: true,
      keepDuration: 5_400_000_000_000n,
      reservedSpace: BigInt(1 << 30),
      maxUsedSpace: BigInt(2.5 * 2 ** 30),
      minFreeSpace: BigInt(512 << 20),
    });
  });
});
