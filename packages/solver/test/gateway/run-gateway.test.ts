// SPDX-License-Identifier: Apache-2.0
import { PingRequestSchema, PongResponseSchema } from "@bk/proto/gateway";
import { StatusSchema } from "@bk/proto/rpc";
import { leakCheck, tree } from "@bk/testing";
import { createDialer, parseAddress } from "@bk/transport";
import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import {
  createDaemon,
  type GatewayCallback,
  type GatewayOptions,
  type GatewayResult,
  runGateway,
} from "../../src/index.js";
import {
  BRIDGE_PING,
  BRIDGE_SOLVE,
  CAPABILITIES,
  CONTROL_SOLVE,
  type GatewayDaemon,
  startGatewayDaemon,
  toCaps,
} from "../helpers/gateway-daemon.js";

async function run(
  { fake }: GatewayDaemon,
  callback: GatewayCallback,
  options: Partial<GatewayOptions> = {},
) {
  await using context = await tree('ADD Dockerfile file "FROM scratch"');
  await using daemon = createDaemon({ dialer: createDialer(parseAddress(fake.address)) });
  return await runGateway(daemon, { contextDir: context.path, ...options }, callback);
}

const buildAsMeant: GatewayCallback = (gateway) => gateway.solve(gateway.buildRequest);

describe("runGateway()", () => {
  leakCheck();

  test("gives the callback's result back to the daemon, which exports it", async () => {
    const tree = { case: "ref", value: { id: "tree-1" } } as const;
    const metadata = { "containerimage.config": Buffer.from("{}") };
    await using daemon = await startGatewayDaemon({ result: { result: tree, metadata } });

    const result = await run(daemon, buildAsMeant, { target: "app", ref: "my-build" });

    expect(result).toMatchObject({ ref: "my-build", exporterResponse: { exported: "yes" } });
    expect(daemon.solves[0]).toMatchObject({
      frontend: "",
      frontendAttrs: { target: "app" },
      internal: false,
    });
    expect(daemon.requests[0]).toMatchObject({ frontend: "dockerfile.v0", frontendOpt: { target: "app" } });
    expect(daemon.returned).toMatchObject([{ result: { result: tree, metadata } }]);
    const calls = daemon.fake.calls.filter(({ path }) => path.includes("LLBBridge"));
    expect(calls.map((call) => call.headerValues("buildkit-controlapi-buildid"))).toEqual([
      ["my-build"],
      ["my-build"],
      ["my-build"],
    ]);
  });

  test("asks other frontends and builds graphs, as the callback says", async () => {
    await using daemon = await startGatewayDaemon();

    await run(daemon, async (gateway) => {
      await gateway.solve({ frontend: "gateway.v0", frontendAttrs: { source: "image" } });
      return gateway.solve({ definition: { def: [new Uint8Array([1])] }, evaluate: true });
    });

    expect(daemon.requests).toMatchObject([
      { frontend: "gateway.v0", frontendOpt: { source: "image" }, evaluate: false },
      { frontend: "", definition: { def: [Buffer.from([1])] }, evaluate: true },
    ]);
  });

  test("keeps the trees of several platforms, and those without files", async () => {
    const refs = { "linux/amd64": { id: "a" }, "linux/arm64": { id: "" } };
    await using daemon = await startGatewayDaemon({ result: { result: { case: "refs", value: { refs } } } });
    const results: GatewayResult[] = [];

    await run(daemon, async (gateway) => {
      const result = await gateway.solve(gateway.buildRequest);
      results.push(result);
      return result;
    });

    expect(results[0]?.refs).toEqual(
      new Map([
        ["linux/amd64", "a"],
        ["linux/arm64", undefined],
      ]),
    );
    expect(daemon.returned).toMatchObject([{ result: { result: { case: "refs", value: { refs } } } }]);
  });

  test("fails with the callback's error, of which the daemon gets to know the message", async () => {
    await using daemon = await startGatewayDaemon();
    const error = new Error("no such stage");

    await expect(run(daemon, () => Promise.reject(error))).rejects.toBe(error);

    expect(daemon.returned).toMatchObject([{ error: { code: 2, message: "no such stage", details: [] } }]);
  });

  test("explains what a frontend refused, and gives it back to the daemon as it came", async () => {
    await using daemon = await startGatewayDaemon();
    const detail = { typeUrl: "github.com/moby/buildkit/errdefs.Source+json", value: Buffer.from("{}") };
    const status = { code: 5, message: "base: not found", details: [detail] };
    const trailer = Buffer.from(toBinary(StatusSchema, create(StatusSchema, status))).toString("base64");
    daemon.fake.handle(BRIDGE_SOLVE, (call) =>
      call.end({ status: 5, message: "base: not found", trailers: { "grpc-status-details-bin": trailer } }),
    );

    await expect(run(daemon, buildAsMeant)).rejects.toMatchObject({
      code: "BK_SOLVE_FAILED",
      failure: { message: "base: not found", grpcCode: "NotFound" },
    });

    expect(daemon.returned).toMatchObject([{ error: status }]);
  });

  test("builds on after a failure that the callback caught", async () => {
    await using daemon = await startGatewayDaemon();
    const { fake } = daemon;
    let calls = 0;
    fake.handle(BRIDGE_SOLVE, (call) => {
      calls += 1;
      call.end({ status: calls === 1 ? 2 : 0, message: "flaky" });
    });

    const running = run(daemon, async (gateway) => {
      await gateway.solve(gateway.buildRequest).catch(() => {});
      return { ref: undefined, refs: new Map(), metadata: new Map(), attestations: {} };
    });

    await expect(running).resolves.toMatchObject({ exporterResponse: { exported: "yes" } });
  });

  test("ends the callback's calls when the build is aborted", async () => {
    await using daemon = await startGatewayDaemon();
    const reason = new Error("the user left");
    const aborter = new AbortController();
    const closed = new Promise<void>((resolve) => {
      daemon.fake.handle(BRIDGE_SOLVE, (call) => {
        call.stream.once("close", resolve);
        aborter.abort(reason);
      });
    });
    const seen: unknown[] = [];

    const running = run(
      daemon,
      (gateway) =>
        gateway.solve(gateway.buildRequest).catch((error: unknown) => {
          seen.push(error);
          throw error;
        }),
      { signal: aborter.signal },
    );

    await expect(running).rejects.toBe(reason);
    await closed;
    expect(seen).toEqual([reason]);
    expect(daemon.returned).toEqual([]);
  });

  test("ends the callback's calls when the daemon ends the build", async () => {
    await using daemon = await startGatewayDaemon();
    const { fake } = daemon;
    fake.handle(BRIDGE_SOLVE, () => {});
    fake.handle(CONTROL_SOLVE, async (call) => {
      await fake.waitForCall(BRIDGE_SOLVE);
      call.end({ status: 2, message: "denied by policy" });
    });

    await expect(run(daemon, buildAsMeant)).rejects.toMatchObject({
      code: "BK_SOLVE_FAILED",
      failure: { message: "denied by policy" },
    });
  });

  test("waits for a daemon that takes its time to know the build", async () => {
    await using daemon = await startGatewayDaemon();
    let pings = 0;
    daemon.fake.handle(BRIDGE_PING, async (call) => {
      await call.receive(PingRequestSchema);
      pings += 1;
      if (pings < 3) return call.end({ status: 5, message: "no such job my-build" });
      call.send(PongResponseSchema, { frontendApiCaps: toCaps(CAPABILITIES) });
      call.end();
    });

    await run(daemon, buildAsMeant);

    expect(pings).toBe(3);
  });

  test("refuses a daemon that lacks a capability", async () => {
    await using daemon = await startGatewayDaemon();
    daemon.fake.handle(BRIDGE_PING, (call) => {
      const caps = toCaps(CAPABILITIES).map((cap) => ({ ...cap, enabled: cap.id !== "return" }));
      call.send(PongResponseSchema, { frontendApiCaps: caps });
      call.end();
    });

    await expect(run(daemon, () => Promise.reject(new Error("the callback ran")))).rejects.toMatchObject({
      code: "BK_UNSUPPORTED",
      message: expect.stringMatching(/too old to run a frontend of the client: it lacks return$/),
    });
  });
});
