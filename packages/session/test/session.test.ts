// SPDX-License-Identifier: Apache-2.0
import { duplexPair } from "node:stream";
import { leakCheck } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { type Attachable, createSession, SessionError, type StreamHandler } from "../src/index.js";
import { openSessionPair } from "./helpers/session-pair.js";

const ECHO = "/test.Echo/Stream";

function streamService(handler: StreamHandler): Attachable {
  return { methods: [ECHO], streams: { [ECHO]: handler } };
}

describe("createSession()", () => {
  leakCheck();

  test("has an id of 128 random bits and announces one value per method", () => {
    const attachable: Attachable = { methods: ["/a.B/C", "/a.B/D"] };
    const first = createSession({ attachables: [attachable], sharedKey: "key" });
    const second = createSession({ attachables: [] });

    expect(first.id).toMatch(/^[0-9a-f]{32}$/);
    expect(first.id).not.toBe(second.id);
    expect(first.headers).toEqual({
      "x-docker-expose-session-uuid": [first.id],
      "x-docker-expose-session-name": [""],
      "x-docker-expose-session-sharedkey": ["key"],
      "x-docker-expose-session-grpc-method": ["/grpc.health.v1.Health/Check", "/a.B/C", "/a.B/D"],
    });
  });

  test("answers health checks", async () => {
    await using pair = await openSessionPair();

    await expect(pair.peer.checkHealth()).resolves.toBe(1);
  });

  test("answers Unimplemented for what it does not announce", async () => {
    await using pair = await openSessionPair();

    const call = pair.peer.call("/moby.buildkit.secrets.v1.Secrets/GetSecret");
    call.endRequests();

    await expect(call.status()).resolves.toMatchObject({ code: 12 });
    expect(pair.failures).toEqual([]);
  });

  test("serves a stream of bytes, with repeated header values kept apart", async () => {
    const seen: unknown[] = [];
    await using pair = await openSessionPair(
      streamService(async ({ metadata, stream }) => {
        seen.push(metadata.get("include-patterns"), metadata.get("followpaths"));
        stream.write(Buffer.from([0, 0, 0, 0, 2, 104, 105]));
      }),
    );

    const call = pair.peer.call(ECHO, {
      "include-patterns": ["a, b", "c"],
      followpaths: ["%C3%A4+1", "%zz"],
      "followpaths-encoded": "1",
    });
    call.endRequests();

    expect((await call.messages.next()).value?.toString()).toBe("hi");
    await expect(call.status()).resolves.toMatchObject({ code: 0 });
    expect(seen).toEqual([
      ["a, b", "c"],
      ["\u00c3\u00a4 1", ""],
    ]);
  });

  test("tells the daemon why a call failed, and reports only the first failure", async () => {
    await using pair = await openSessionPair(
      streamService(async ({ metadata }) => {
        throw new SessionError("BK_CONTEXT_UNREADABLE", `Cannot read ${metadata.get("name")?.[0]}: ä`);
      }),
    );

    const first = pair.peer.call(ECHO, { name: "one" });
    await expect(first.status()).resolves.toMatchObject({ code: 2, message: "Cannot read one: ä" });
    await expect(pair.peer.call(ECHO, { name: "two" }).status()).resolves.toMatchObject({ code: 2 });

    expect(pair.failures.map(({ message }) => message)).toEqual(["Cannot read one: ä"]);
  });

  test("does not count a call that the daemon gave up as a failure", async () => {
    let ended: (reason: unknown) => void = () => {};
    const aborted = new Promise<unknown>((resolve) => (ended = resolve));
    await using pair = await openSessionPair(
      streamService(
        ({ signal }) =>
          new Promise((_, reject) =>
            signal.addEventListener("abort", () => {
              ended(signal.reason);
              reject(signal.reason);
            }),
          ),
      ),
    );
    const call = pair.peer.call(ECHO);
    await new Promise((resolve) => call.stream.once("response", resolve));

    call.stream.close(8);

    await expect(aborted).resolves.toMatchObject({ code: "BK_SESSION_LOST" });
    expect(pair.failures).toEqual([]);
  });

  test("ends the calls of the control tier when a service cannot load its handlers", async () => {
    const method = "/test.Echo/Unary";
    await using pair = await openSessionPair({
      methods: [method],
      loadRoutes: () => Promise.reject(new Error("module not found")),
    });

    await expect(pair.peer.call(method).status()).rejects.toThrow();
    await expect(pair.peer.checkHealth()).rejects.toThrow();
  });

  test("says that its connection was lost, and why", async () => {
    await using pair = await openSessionPair();
    await pair.peer.checkHealth();

    pair.socket.destroy(new Error("cable pulled"));

    await expect(pair.connection.closed).resolves.toMatchObject({
      code: "BK_SESSION_LOST",
      message: "The session's connection to the test was lost: cable pulled",
    });
  });

  test("tells the daemon of a failure that is no Error", async () => {
    await using pair = await openSessionPair(streamService(() => Promise.reject(undefined)));

    await expect(pair.peer.call(ECHO).status()).resolves.toMatchObject({ code: 2, message: "undefined" });
    expect(pair.failures).toMatchObject([{ message: "undefined" }]);
  });

  test("is over at once on a connection that has ended already", async () => {
    const [connection] = duplexPair();
    connection.destroy();
    await using session = createSession({ attachables: [] });

    await expect(session.serve(connection, { endpoint: "the test" }).closed).resolves.toBeUndefined();
  });

  test("closes twice, closes what it serves, and serves nothing afterwards", async () => {
    await using pair = await openSessionPair();
    const { session, connection, peer } = pair;
    await peer.checkHealth();

    await Promise.all([session.close(), session.close()]);

    await expect(connection.closed).resolves.toBeUndefined();
    const [unused] = duplexPair();
    expect(() => session.serve(unused, { endpoint: "the test" })).toThrow(
      expect.objectContaining({ code: "BK_SESSION_CLOSED" }),
    );
    expect(unused.destroyed).toBe(true);
  });
});
