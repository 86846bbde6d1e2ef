// SPDX-License-Identifier: Apache-2.0

import { once } from "node:events";
import type { Duplex } from "node:stream";
import { leakCheck } from "@bk/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Dialer } from "../../src/dialer.js";
import type { TransportErrorCode } from "../../src/errors.js";
import { catchTransportError } from "../helpers/catch-error.js";

/** What a dialer's test file provides. */
export interface DialerFixture extends AsyncDisposable {
  readonly dialer: Dialer;
  /** The daemon's end of the next connection. */
  accept(): Promise<Duplex>;
  /** A dialer of the same kind to where nothing listens. */
  readonly absent: Dialer;
  readonly absentCode: TransportErrorCode;
}

const mebibyte = 1024 * 1024;

/** What every dialer must do. */
export function describeDialer(name: string, setup: () => Promise<DialerFixture>): void {
  describe(`${name}, as every dialer`, () => {
    leakCheck();
    let fixture: DialerFixture;
    beforeEach(async () => {
      fixture = await setup();
    });
    afterEach(async () => {
      await fixture[Symbol.asyncDispose]();
    });

    async function connect(): Promise<{ client: Duplex; server: Duplex }> {
      const [client, server] = await Promise.all([fixture.dialer.dial(), fixture.accept()]);
      return { client, server };
    }

    test("carries bytes both ways", async () => {
      const { client, server } = await connect();
      client.write("ping");
      expect(String((await once(server, "data"))[0])).toBe("ping");
      server.write("pong");
      expect(String((await once(client, "data"))[0])).toBe("pong");
      client.destroy();
    });

    test("reads on after its own side has ended", async () => {
      const { client, server } = await connect();
      client.end("question");
      expect(String(await collect(server))).toBe("question");
      server.end("answer");
      expect(String(await collect(client))).toBe("answer");
    });

    test("takes 64 MiB in without buffering them", async () => {
      const { client, server } = await connect();
      const chunk = Buffer.alloc(mebibyte, 7);
      const sent = writeAll(server, chunk, 64);
      let bytes = 0;
      let mostBuffered = 0;
      for await (const part of client) {
        bytes += part.length;
        mostBuffered = Math.max(mostBuffered, client.readableLength);
        if (bytes % 7 === 0) await new Promise(setImmediate);
      }
      await sent;
      expect(bytes).toBe(64 * mebibyte);
      expect(mostBuffered).toBeLessThan(mebibyte);
    });

    test("makes a writer wait for a reader that does not read", async () => {
      const { client, server } = await connect();
      const chunk = Buffer.alloc(mebibyte, 7);
      // More than the kernel buffers.
      let waiting = 0;
      while (client.write(chunk) || waiting < 16) waiting += 1;
      expect(client.writableNeedDrain).toBe(true);
      const received = collect(server);
      client.end();
      expect((await received).length).toBe((waiting + 1) * mebibyte);
    });

    test("rejects with the reason when aborted before the dial", async () => {
      const reason = new Error("changed my mind");
      await expect(fixture.dialer.dial({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });

    test("rejects with the reason when aborted during the dial", async () => {
      const reason = new Error("changed my mind");
      const controller = new AbortController();
      const dialing = fixture.dialer.dial({ signal: controller.signal });
      controller.abort(reason);
      await expect(dialing).rejects.toBe(reason);
    });

    test("leaves the stream alone when aborted after the dial", async () => {
      const controller = new AbortController();
      const [client, server] = await Promise.all([
        fixture.dialer.dial({ signal: controller.signal }),
        fixture.accept(),
      ]);
      controller.abort(new Error("too late"));
      client.write("ping");
      expect(String((await once(server, "data"))[0])).toBe("ping");
      client.destroy();
    });

    test("says so when nothing listens", async () => {
      const error = await catchTransportError(failure(fixture.absent));
      expect(error.code).toBe(fixture.absentCode);
      expect(error.retryable).toBe(true);
      expect(error.endpoint).toBe(fixture.absent.endpoint);
      expect(error.message).toContain(fixture.absent.endpoint);
      expect(error.cause).toBeInstanceOf(Error);
    });

    test("closes when the peer is gone", async () => {
      const { client, server } = await connect();
      client.on("error", () => {});
      client.resume();
      server.destroy();
      await once(client, "close");
      expect(client.destroyed).toBe(true);
    });

    test("lets the peer know when it is destroyed", async () => {
      const { client, server } = await connect();
      server.on("error", () => {});
      server.resume();
      client.destroy();
      await Promise.race([once(server, "end"), once(server, "close")]);
      server.destroy();
    });
  });
}

/** Rejects as the dial does, or, where something between the two ends is in charge, as the stream does. */
async function failure(dialer: Dialer): Promise<never> {
  const stream = await dialer.dial();
  const [error] = await once(stream, "error");
  throw error;
}

async function writeAll(stream: Duplex, chunk: Buffer, times: number): Promise<void> {
  for (let written = 0; written < times; written++) {
    if (!stream.write(chunk)) await once(stream, "drain");
  }
  stream.end();
}

/** All that comes until the end; unlike node:stream/consumers it leaves the writable side open. */
async function collect(stream: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(stream, "end");
  return Buffer.concat(chunks);
}
