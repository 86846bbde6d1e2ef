// SPDX-License-Identifier: Apache-2.0
import {
  ListWorkersRequestSchema,
  ListWorkersResponseSchema,
  type SolveRequest,
  SolveRequestSchema,
  SolveResponseSchema,
  StatusRequestSchema,
} from "@bk/proto/control";
import { type FakeHandler, leakCheck, startFakeDaemon, tree } from "@bk/testing";
import { createDialer, parseAddress } from "@bk/transport";
import { describe, expect, test } from "vitest";
import { createDaemon, type SolveCallOptions, solve } from "../src/index.js";

/** A daemon that takes one solve, and says what its worker is like when it has labels. */
async function requestOf(
  options: SolveCallOptions,
  labels?: Readonly<Record<string, string>>,
): Promise<SolveRequest> {
  let request: SolveRequest | undefined;
  const handlers: Record<string, FakeHandler> = {
    async "/moby.buildkit.v1.Control/Session"(call) {
      await call.nextMessage();
    },
    async "/moby.buildkit.v1.Control/Status"(call) {
      await call.receive(StatusRequestSchema);
      call.end();
    },
    async "/moby.buildkit.v1.Control/Solve"(call) {
      request = await call.receive(SolveRequestSchema);
      call.send(SolveResponseSchema, {});
      call.end();
    },
    ...(labels && {
      async "/moby.buildkit.v1.Control/ListWorkers"(call) {
        await call.receive(ListWorkersRequestSchema);
        call.send(ListWorkersResponseSchema, { record: [{ id: "worker", labels: { ...labels } }] });
        call.end();
      },
    }),
  };
  await using fake = await startFakeDaemon({ handlers });
  await using daemon = createDaemon({ dialer: createDialer(parseAddress(fake.address)) });
  await using context = await tree('ADD Dockerfile file "FROM scratch"');
  await solve(daemon, { contextDir: context.path, ...options });
  if (request === undefined) throw new Error("the daemon was not asked to solve");
  return request;
}

const SNAPSHOTTER = { "org.mobyproject.buildkit.worker.snapshotter": "overlayfs" };
const GATEWAY = { "org.mobyproject.buildkit.worker.moby.host-gateway-ip": "172.17.0.1" };

describe("solve()", () => {
  leakCheck();

  test("states the provenance of docker buildx where the daemon's store can hold it", async () => {
    const options: SolveCallOptions = {
      exports: [{ type: "image" }],
      attestations: { provenance: "auto" },
    };
    const provenance = async (labels?: Record<string, string>) =>
      (await requestOf(options, labels)).frontendAttrs["attest:provenance"];

    expect(await provenance(SNAPSHOTTER)).toBe("mode=min,inline-only=true");
    expect(await provenance({})).toBeUndefined();
    expect(await provenance()).toBeUndefined(); // a daemon that knows no such question
  });

  test("asks the daemon for its machine's address, which only one inside Docker has", async () => {
    const options: SolveCallOptions = { run: { hosts: { machine: "host-gateway" } } };

    const { frontendAttrs } = await requestOf(options, GATEWAY);

    expect(frontendAttrs["add-hosts"]).toBe("machine=172.17.0.1");
    await expect(requestOf(options, SNAPSHOTTER)).rejects.toMatchObject({
      code: "BK_UNSUPPORTED",
      message: expect.stringContaining("host-gateway"),
    });
  });

  test("sends the frontend image, the entitlements and the policy that the daemon is to use", async () => {
    const request = await requestOf({
      buildArgs: { BUILDKIT_SYNTAX: "host/frontend:1 --fast" },
      entitlements: ["security.insecure"],
      sourcePolicy: { rules: [{ action: "DENY", selector: { identifier: "https://*" } }] },
    });

    expect(request).toMatchObject({
      frontend: "gateway.v0",
      frontendAttrs: { source: "host/frontend:1", cmdline: "host/frontend:1 --fast" },
      entitlements: ["security.insecure"],
      sourcePolicy: { rules: [{ action: 1, selector: { identifier: "https://*" } }] },
    });
  });
});
