// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as transport from "@bk/transport";
import * as connect from "@bk/transport/connect";
import { expect, test } from "vitest";

const run = promisify(execFile);

test("the package exports these values", () => {
  expect(Object.keys(transport).sort()).toMatchInlineSnapshot(`
    [
      "TransportError",
      "callServerStream",
      "callUnary",
      "connectionLostError",
      "createChannel",
      "createDialer",
      "createDockerDialer",
      "createDockerUpgradeDialer",
      "createFrameReader",
      "createFrameWriter",
      "createNpipeDialer",
      "createTcpDialer",
      "createUnixDialer",
      "decodeGrpcMessage",
      "dockerRequest",
      "encodeGrpcMessage",
      "findProgram",
      "findTransportError",
      "formatAddress",
      "formatGrpcTimeout",
      "grpcCode",
      "grpcRequestHeaders",
      "grpcStatusHeaders",
      "http2SessionOptions",
      "listenAbort",
      "maxMessageBytes",
      "parseAddress",
      "pingDocker",
      "raceAbort",
      "readGrpcStatus",
      "readTlsDir",
      "readTlsFiles",
      "resolveDockerEndpoint",
      "resolveDockerMode",
      "waitForGrpcStatus",
      "watchLiveness",
      "widenConnectionWindow",
      "withTimeLimit",
    ]
  `);
  expect(Object.keys(connect)).toEqual(["createConnectTransport"]);
});

test("only the connect subpath loads Connect", async () => {
  // Connect takes about 80 ms to load, which a command line feels.
  const loaded = async (specifier: string): Promise<boolean> => {
    const { stdout, stderr } = await run(
      process.execPath,
      ["--input-type=module", "--eval", `await import(${JSON.stringify(specifier)})`],
      // Node 22 and later write some MB.
      { cwd: import.meta.dirname, env: { ...process.env, NODE_DEBUG: "esm" }, maxBuffer: 64 << 20 },
    );
    return `${stdout}${stderr}`.includes("@connectrpc");
  };
  expect(await loaded("@bk/transport")).toBe(false);
  expect(await loaded("@bk/transport/connect")).toBe(true);
});
