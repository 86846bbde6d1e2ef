// SPDX-License-Identifier: Apache-2.0
import { ListWorkersRequestSchema, ListWorkersResponseSchema } from "@bk/proto/control";
import { leakCheck, startFakeDaemon } from "@bk/testing";
import { createDialer, parseAddress } from "@bk/transport";
import { describe, expect, test } from "vitest";
import { refuseForClassicStore } from "../src/classic-store.js";
import { createDaemon, type SolveOptions } from "../src/index.js";

const SNAPSHOTTER = { "org.mobyproject.buildkit.worker.snapshotter": "overlayfs" };

/** Returns how often the daemon was asked for its workers. */
async function check(options: SolveOptions, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  let asked = 0;
  await using fake = await startFakeDaemon({
    handlers: {
      async "/moby.buildkit.v1.Control/ListWorkers"(call) {
        asked += 1;
        await call.receive(ListWorkersRequestSchema);
        call.send(ListWorkersResponseSchema, { record: [{ id: "worker", labels: { ...labels } }] });
        call.end();
      },
    },
  });
  await using daemon = createDaemon({ dialer: createDialer(parseAddress(fake.address)) });
  await refuseForClassicStore(daemon, options);
  return asked;
}

describe("refuseForClassicStore()", () => {
  leakCheck();

  test.each<[SolveOptions, string, string]>([
    [{ exports: [{ type: "moby" }, { type: "moby", push: true }] }, "exports[1]", "cannot push."],
    [{ exports: [{ type: "image", push: true, pushByDigest: true }] }, "exports[0]", "push by digest"],
    [{ exports: [{ type: "oci", dest: "a.tar" }] }, "exports[0]", "export an image as oci"],
    [{ cacheTo: [{ type: "inline" }, { type: "registry", ref: "app" }] }, "cacheTo[1]", "write a cache"],
    [{ attestations: { sbom: true } }, "attestations", "keep attestations"],
    [{ attestations: { provenance: { mode: "max" } } }, "attestations", "keep attestations"],
    [{ platform: ["linux/amd64", "linux/arm64"] }, "platform", "several platforms"],
  ])("refuses %j, which Docker with a containerd store has", async (options, option, shown) => {
    const refused = check(options);
    await expect(refused).rejects.toMatchObject({ code: "BK_OPTIONS_INVALID", option });
    await expect(refused).rejects.toThrow(shown);
    expect(await check(options, SNAPSHOTTER)).toBe(1);
  });

  test.each<SolveOptions>([
    {},
    { exports: [{ type: "moby" }, { type: "local", dest: "out" }], platform: "linux/arm64" },
    { cacheTo: [{ type: "inline" }], platform: ["linux/arm64"] },
    { attestations: { sbom: false, provenance: "auto" } },
  ])("asks nothing for %j", async (options) => {
    expect(await check(options)).toBe(0);
  });
});
