// SPDX-License-Identifier: Apache-2.0
import type { ServerHttp2Stream } from "node:http2";
import { leakCheck } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { createChannel } from "../../src/channel.js";
import {
  decodeGrpcMessage,
  encodeGrpcMessage,
  type GrpcStatus,
  grpcStatusHeaders,
  readGrpcStatus,
  waitForGrpcStatus,
} from "../../src/grpc/status.js";
import { createTcpDialer } from "../../src/tcp-dialer.js";
import { startHttp2Server } from "../helpers/servers.js";

describe("encodeGrpcMessage() and decodeGrpcMessage()", () => {
  test.each(["", "plain text", "100%", "line\nbreak", "größer ✓ 🙂", "%41", "\x7f\0"])(
    "carry %j",
    (message) => {
      const encoded = encodeGrpcMessage(message);
      expect(encoded).toMatch(/^[\x20-\x7e]*$/);
      expect(decodeGrpcMessage(encoded)).toBe(message);
    },
  );

  test.each([
    ["%", "%"],
    ["%4", "%4"],
    ["%zz", "%zz"],
    ["a%2", "a%2"],
    ["%41%", "A%"],
    ["%ff", "\ufffd"],
    ["ü%20", "ü "],
  ])("decoding %j never fails", (encoded, message) => {
    expect(decodeGrpcMessage(encoded)).toBe(message);
  });
});

describe("grpcStatusHeaders() and readGrpcStatus()", () => {
  test.each<GrpcStatus>([
    { code: 0, message: "", details: undefined },
    { code: 5, message: "no such job ü", details: undefined },
    { code: 2, message: "x", details: Buffer.from([0, 1, 254, 255]) },
  ])("carry %j", (status) => {
    expect(readGrpcStatus(grpcStatusHeaders(status))).toEqual(status);
  });

  test("take a status that is no number for Unknown", () => {
    expect(readGrpcStatus({ "grpc-status": "abc" })?.code).toBe(2);
    expect(readGrpcStatus({})).toBeUndefined();
  });
});

describe("waitForGrpcStatus()", () => {
  leakCheck();

  async function statusOf(answer: (stream: ServerHttp2Stream) => void): Promise<GrpcStatus> {
    await using server = await startHttp2Server(answer);
    await using channel = createChannel(createTcpDialer({ host: "127.0.0.1", port: server.port }));
    const stream = await channel.openStream("/a.B/C");
    stream.on("error", () => {});
    const status = waitForGrpcStatus(stream);
    stream.resume();
    stream.end();
    return await status;
  }

  test("reads trailers after a body", async () => {
    const status = await statusOf((stream) => {
      stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
      stream.on("wantTrailers", () =>
        stream.sendTrailers(grpcStatusHeaders({ code: 9, message: "a b", details: undefined })),
      );
      stream.end("body");
    });
    expect(status).toEqual({ code: 9, message: "a b", details: undefined });
  });

  test("reads an answer of headers only", async () => {
    const status = await statusOf((stream) => {
      stream.respond(
        { ":status": 200, "content-type": "application/grpc", "grpc-status": "12", "grpc-message": "no" },
        { endStream: true },
      );
    });
    expect(status).toEqual({ code: 12, message: "no", details: undefined });
  });

  test.each([
    [401, 16],
    [403, 7],
    [404, 12],
    [503, 14],
    [500, 2],
  ])("takes HTTP status %i for gRPC status %i", async (httpStatus, code) => {
    const status = await statusOf((stream) => {
      stream.respond({ ":status": httpStatus, "content-type": "text/html" });
      stream.end("<html>".repeat(1000));
    });
    expect(status.code).toBe(code);
    expect(status.message).toContain(String(httpStatus));
  });

  test("takes a web page for no gRPC, whatever its status", async () => {
    const status = await statusOf((stream) => {
      stream.respond({ ":status": 200, "content-type": "text/html" });
      stream.end("<html>");
    });
    expect(status.code).toBe(2);
    expect(status.message).toContain("text/html");
  });

  test("notices a missing status", async () => {
    const status = await statusOf((stream) => {
      stream.respond({ ":status": 200, "content-type": "application/grpc" });
      stream.end();
    });
    expect(status.code).toBe(13);
  });

  test.each([
    [0x7, 14],
    [0x8, 1],
    [0xb, 8],
    [0xc, 7],
    [0x2, 13],
    [0x1, 13],
  ])("takes reset code %i for gRPC status %i", async (rstCode, code) => {
    expect((await statusOf((stream) => stream.close(rstCode))).code).toBe(code);
  });

  test("rejects with what became of the connection", async () => {
    await using server = await startHttp2Server(() => {
      for (const socket of server.sockets) socket.destroy();
    });
    await using channel = createChannel(createTcpDialer({ host: "127.0.0.1", port: server.port }));
    const stream = await channel.openStream("/a.B/C");
    await expect(waitForGrpcStatus(stream)).rejects.toMatchObject({ code: "BK_CONNECTION_LOST" });
  });
});
