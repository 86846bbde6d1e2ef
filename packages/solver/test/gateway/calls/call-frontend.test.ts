// SPDX-License-Identifier: Apache-2.0
import { StatusSchema } from "@bk/proto/rpc";
import { leakCheck, tree } from "@bk/testing";
import { createDialer, parseAddress } from "@bk/transport";
import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import {
  callFrontend,
  createDaemon,
  type FrontendAnswer,
  type SolveCallOptions,
} from "../../../src/index.js";
import { BRIDGE_SOLVE, type GatewayDaemon, startGatewayDaemon } from "../../helpers/gateway-daemon.js";

async function ask(
  { fake }: GatewayDaemon,
  options: Partial<SolveCallOptions> = {},
): Promise<FrontendAnswer> {
  await using context = await tree('ADD Dockerfile file "FROM scratch"');
  await using daemon = createDaemon({ dialer: createDialer(parseAddress(fake.address)) });
  return await callFrontend(daemon, { contextDir: context.path, ...options }, "outline");
}

function startAnswering(answer: Readonly<Record<string, string>>): Promise<GatewayDaemon> {
  const metadata = Object.entries(answer).map(([key, text]) => [key, Buffer.from(text)] as const);
  return startGatewayDaemon({ result: { metadata: Object.fromEntries(metadata) } });
}

describe("callFrontend()", () => {
  leakCheck();

  test("asks the frontend of the build that the options mean, which is neither exported nor recorded", async () => {
    await using daemon = await startAnswering({ "result.json": "{}" });

    await ask(daemon, { target: "app", exports: [{ type: "image", push: true }], tags: ["app"] });

    expect(daemon.solves[0]).toMatchObject({ frontend: "", internal: true, exporters: [] });
    expect(daemon.requests).toMatchObject([
      {
        frontend: "dockerfile.v0",
        frontendOpt: {
          target: "app",
          requestid: "frontend.outline",
          "frontend.caps": "moby.buildkit.frontend.subrequests+forward",
        },
      },
    ]);
  });

  test("has the images of a Docker go first without putting anything into its store", async () => {
    await using daemon = await startAnswering({ "result.json": "{}" });

    await ask(daemon, { exports: [{ type: "moby" }] });

    expect(daemon.solves[0]).toMatchObject({ exporters: [], exporterDeprecated: "" });
    expect(daemon.requests).toMatchObject([{ frontendOpt: { "image-resolve-mode": "local" } }]);
  });

  test("gives what the frontend answers", async () => {
    await using daemon = await startAnswering({
      "result.json": '{"a": 1}',
      "result.txt": "A\n",
      "result.statuscode": "3",
      version: "1.0.0",
    });

    await expect(ask(daemon)).resolves.toEqual({
      json: '{"a": 1}',
      text: "A\n",
      statusCode: 3,
      version: "1.0.0",
    });
  });

  test.each([
    ["", 0],
    ["-1", 0],
    ["one", 0],
    ["1e3", 0],
    ["4096", 255],
  ])("takes the status %j for %i", async (status, expected) => {
    await using daemon = await startAnswering({ "result.txt": "A", "result.statuscode": status });

    await expect(ask(daemon)).resolves.toMatchObject({ statusCode: expected });
  });

  test("refuses a frontend that does not answer", async () => {
    await using daemon = await startAnswering({ "containerimage.config": "{}" });

    await expect(ask(daemon)).rejects.toMatchObject({ code: "BK_ANSWER_INVALID" });
  });

  test("takes an answer of 8 MiB, and none that is larger", async () => {
    await using largest = await startAnswering({ "result.json": "x".repeat(8 << 20) });
    await using larger = await startAnswering({ "result.json": "x".repeat((8 << 20) + 1) });

    await expect(ask(largest)).resolves.toMatchObject({ text: "" });
    await expect(ask(larger)).rejects.toMatchObject({
      code: "BK_ANSWER_INVALID",
      message: expect.stringContaining("8388609 bytes"),
    });
  });

  test("says what to do about a frontend that does not know the question", async () => {
    await using daemon = await startGatewayDaemon();
    const value = Buffer.from('{"name":"frontend.outline"}');
    const detail = { typeUrl: "github.com/moby/buildkit/errdefs.Subrequest+json", value };
    const message = "unsupported request frontend.outline";
    const status = create(StatusSchema, { code: 2, message, details: [detail] });
    const trailer = Buffer.from(toBinary(StatusSchema, status)).toString("base64");
    daemon.fake.handle(BRIDGE_SOLVE, (call) =>
      call.end({ status: 2, message, trailers: { "grpc-status-details-bin": trailer } }),
    );

    await expect(ask(daemon)).rejects.toMatchObject({
      code: "BK_UNSUPPORTED",
      message: expect.stringContaining('does not know "outline". A newer one may: put # syntax='),
    });
  });
});
