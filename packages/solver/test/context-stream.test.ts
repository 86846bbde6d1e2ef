// SPDX-License-Identifier: Apache-2.0
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { openContextStreams } from "../src/context-stream.js";
import { resolveSolveOptions, type SolveOptions } from "../src/options/solve-options.js";
import { makeTar } from "./helpers/make-tar.js";

function open(options: SolveOptions, signal?: AbortSignal) {
  return openContextStreams(resolveSolveOptions(options), { signal });
}

describe("openContextStreams()", () => {
  test("leaves what is on disk alone", async () => {
    await expect(open({ contextDir: "/ctx" })).resolves.toEqual({
      context: { kind: "disk", dir: "/ctx" },
      dockerfile: { kind: "disk", dir: "/ctx", filename: "Dockerfile" },
    });
  });

  test.each([
    { name: "in one piece", cut: (bytes: Buffer) => [bytes] },
    { name: "byte by byte", cut: (bytes: Buffer) => Array.from(bytes, (byte) => Buffer.of(byte)) },
  ])("hands an archive on whole, when it comes $name", async ({ cut }) => {
    const bytes = await makeTar("large");

    const { context, dockerfile } = await open({ context: Readable.from(cut(bytes)) });

    if (context.kind !== "archive") throw new Error(`it was taken for ${context.kind}`);
    expect((await buffer(context.body)).equals(bytes)).toBe(true);
    expect(dockerfile).toEqual({ kind: "context", filename: "Dockerfile" });
  });

  test("reads only the beginning of an archive", async () => {
    const body = new PassThrough();
    body.write((await makeTar("large")).subarray(0, 2048));

    await expect(open({ context: body })).resolves.toMatchObject({ context: { kind: "archive" } });
    body.destroy();
  });

  test("takes what is no archive for a Dockerfile, of any length", async () => {
    const text = `FROM scratch\n${"# comment\n".repeat(1000)}`;
    await expect(open({ context: Readable.from([text.slice(0, 3), text.slice(3)]) })).resolves.toEqual({
      context: { kind: "empty" },
      dockerfile: { kind: "memory", text, filename: "Dockerfile" },
    });
  });

  test("reads a Dockerfile beside a context", async () => {
    const dockerfile = Readable.from([Buffer.from("FROM "), Buffer.from("scratch")]);
    await expect(open({ contextDir: "/ctx", dockerfile })).resolves.toMatchObject({
      dockerfile: { kind: "memory", text: "FROM scratch" },
    });
  });

  test.each([
    { name: "an empty context", options: () => ({ context: Readable.from([]) }), says: "is empty" },
    {
      name: "two Dockerfiles",
      options: () => ({ context: Readable.from(["FROM scratch"]), dockerfile: "app.Dockerfile" }),
      says: "another one is given too",
    },
    {
      name: "a stream that fails",
      options: () => ({ context: new Readable({ read: (): never => fail() }) }),
      says: "the pipe broke",
    },
    {
      name: "a Dockerfile without end",
      options: () => ({ context: Readable.from(endless()) }),
      says: "more than 16777216 bytes",
    },
  ])("refuses $name", async ({ options, says }) => {
    await expect(open(options())).rejects.toMatchObject({
      code: "BK_OPTIONS_INVALID",
      option: "context",
      message: expect.stringContaining(says),
    });
  });

  test("stops waiting for a stream when aborted, with the caller's reason", async () => {
    const controller = new AbortController();
    const body = new PassThrough();
    const opening = open({ context: body }, controller.signal);
    const reason = new Error("enough");

    controller.abort(reason);

    await expect(opening).rejects.toBe(reason);
    expect(body.destroyed).toBe(true);
  });
});

function fail(): never {
  throw new Error("the pipe broke");
}

function* endless(): Generator<Buffer> {
  const chunk = Buffer.alloc(1 << 20, "#");
  for (;;) yield chunk;
}
