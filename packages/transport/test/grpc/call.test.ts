// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
import { type FakeHandler, leakCheck, startFakeDaemon } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { parseAddress } from "../../src/address.js";
import { type Channel, createChannel } from "../../src/channel.js";
import { createDialer } from "../../src/create-dialer.js";
import { callServerStream, callUnary } from "../../src/grpc/call.js";

const PATH = "/test.Service/Call";
const request = Buffer.from("question");

/** A channel to a server that answers PATH as the test says. */
async function connectTo(handler: FakeHandler) {
  const daemon = await startFakeDaemon({ handlers: { [PATH]: handler } });
  const channel = createChannel(createDialer(parseAddress(daemon.address)));
  return {
    daemon,
    channel,
    async [Symbol.asyncDispose]() {
      await channel.close();
      await daemon[Symbol.asyncDispose]();
    },
  };
}

function text(message: Uint8Array): string {
  return Buffer.from(message).toString();
}

describe("callUnary()", () => {
  leakCheck();

  test("sends the request and resolves to the answer", async () => {
    await using server = await connectTo(async (call) => {
      call.sendBytes(Buffer.from(`${text((await call.nextMessage()) ?? new Uint8Array())}!`));
      call.end();
    });
    const { status, message } = await callUnary(server.channel, PATH, request);
    expect(status.code).toBe(0);
    expect(text(message)).toBe("question!");
  });

  test("gives a refusal as the status that the server sent", async () => {
    await using server = await connectTo((call) => call.end({ status: 5, message: "no such job ü" }));
    const { status } = await callUnary(server.channel, PATH, request);
    expect(status).toEqual({ code: 5, message: "no such job ü", details: undefined });
  });

  test.each<[string, FakeHandler, number, RegExp]>([
    ["no answer", (call) => call.end(), 13, /no answer/],
    [
      "two answers",
      (call) => {
        call.sendBytes(Buffer.from("a"));
        call.sendBytes(Buffer.from("b"));
      },
      13,
      /more than one answer/,
    ],
    [
      "an answer of more than 16 MiB",
      ({ stream }) => {
        stream.respond({ ":status": 200, "content-type": "application/grpc" });
        stream.write(Buffer.from([0, 1, 0, 0, 1]));
      },
      8,
      /16777217 bytes/,
    ],
    [
      "an answer that stops half way",
      ({ stream }) => {
        stream.respond({ ":status": 200, "content-type": "application/grpc" });
        stream.end(Buffer.from([0, 0, 0, 0, 9, 1]));
      },
      13,
      /inside a message/,
    ],
    [
      "a web page",
      ({ stream }) => {
        stream.respond({ ":status": 404, "content-type": "text/html" });
        stream.end("<html></html>");
      },
      12,
      /HTTP status 404/,
    ],
    [
      "a web page that does not end",
      ({ stream }) => {
        stream.respond({ ":status": 200, "content-type": "text/event-stream" });
        stream.write(":");
      },
      2,
      /event-stream/,
    ],
    ["a reset", ({ stream }) => stream.close(11), 8, /reset/],
  ])("makes a status of %s", async (_what, handler, code, message) => {
    await using server = await connectTo(handler);
    const { status } = await callUnary(server.channel, PATH, request);
    expect(status).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test("rejects when the connection is lost", async () => {
    await using server = await connectTo(() => {});
    const answer = callUnary(server.channel, PATH, request);
    await server.daemon.waitForCall(PATH);
    server.daemon.cutConnections();
    await expect(answer).rejects.toMatchObject({ code: "BK_CONNECTION_LOST" });
  });

  test("rejects when the server ends the connection over an error", async () => {
    await using server = await connectTo(({ stream }) => stream.session?.goaway(11));
    const answer = callUnary(server.channel, PATH, request);
    await expect(answer).rejects.toMatchObject({
      code: "BK_CONNECTION_LOST",
      message: expect.stringContaining("error code 11"),
    });
  });

  test("rejects with the reason of an abort, and cancels the call", async () => {
    await using server = await connectTo(() => {});
    const controller = new AbortController();
    const answer = callUnary(server.channel, PATH, request, { signal: controller.signal });
    const { stream } = await server.daemon.waitForCall(PATH);
    const reset = new Promise((resolve) => stream.once("close", () => resolve(stream.rstCode)));
    controller.abort("enough");
    await expect(answer).rejects.toBe("enough");
    expect(await reset).toBe(8);
  });
});

test("an abort right after the call leaves no rejection that nobody handles", async () => {
  await using server = await connectTo(() => {});
  await server.channel.connect();
  const controller = new AbortController();
  const answer = callUnary(server.channel, PATH, request, { signal: controller.signal });
  controller.abort("enough");
  await expect(answer).rejects.toBe("enough");
});

test("an abort is not held up by a stream that does not end", async () => {
  // As on a connection that died without a word.
  const stream = Object.assign(new PassThrough(), { close: () => {} });
  const channel = { openStream: async () => stream } as unknown as Channel;
  const controller = new AbortController();
  const answer = callUnary(channel, PATH, request, { signal: controller.signal });
  controller.abort("enough");
  await expect(answer).rejects.toBe("enough");
});

describe("callServerStream()", () => {
  leakCheck();

  test("yields the messages and returns the status", async () => {
    await using server = await connectTo((call) => {
      for (const word of ["one", "two"]) call.sendBytes(Buffer.from(word));
      call.end({ status: 10, message: "enough" });
    });
    const answers = callServerStream(server.channel, PATH, request);
    expect(text((await answers.next()).value as Uint8Array)).toBe("one");
    expect(text((await answers.next()).value as Uint8Array)).toBe("two");
    expect(await answers.next()).toMatchObject({ done: true, value: { code: 10, message: "enough" } });
  });

  test("rejects with the reason of an abort from inside the loop", async () => {
    await using server = await connectTo((call) => call.sendBytes(Buffer.from("one")));
    const controller = new AbortController();
    const answers = callServerStream(server.channel, PATH, request, { signal: controller.signal });
    await answers.next();
    controller.abort("enough");
    await expect(answers.next()).rejects.toBe("enough");
  });

  test("cancels the call when the loop is left", async () => {
    await using server = await connectTo((call) => call.sendBytes(Buffer.from("one")));
    for await (const _ of callServerStream(server.channel, PATH, request)) break;
    const { stream } = await server.daemon.waitForCall(PATH);
    if (!stream.closed) await new Promise((resolve) => stream.once("close", resolve));
    expect(stream.rstCode).toBe(8);
  });
});
