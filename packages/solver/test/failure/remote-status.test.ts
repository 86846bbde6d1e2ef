// SPDX-License-Identifier: Apache-2.0
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { formatRemoteStatus, readRemoteStatus } from "../../src/failure/remote-status.js";

describe("readRemoteStatus()", () => {
  test("reads code, text and details of a Connect error", async () => {
    const error = new ConnectError("no such job", Code.NotFound);
    error.details = [{ type: "errdefs.Vertex+json", value: Buffer.from('{"digest":"sha256:a"}') }];
    expect(await readRemoteStatus(error)).toEqual({
      code: 5,
      message: "no such job",
      details: [{ kind: "vertex", digest: "sha256:a" }],
    });
  });

  test("leaves other errors to their owners", async () => {
    expect(await readRemoteStatus(new Error("ECONNRESET"))).toBeUndefined();
    expect(await readRemoteStatus("text")).toBeUndefined();
  });

  test("survives details that are none", async () => {
    const error = Object.assign(new Error("x"), {
      name: "ConnectError",
      code: 2,
      details: [null, { type: 1 }],
    });
    expect(await readRemoteStatus(error)).toEqual({ code: 2, message: "x", details: [] });
  });
});

describe("formatRemoteStatus()", () => {
  test("shows the code unless it says nothing", () => {
    expect(formatRemoteStatus({ code: 2, message: "boom", details: [] })).toBe("boom");
    expect(formatRemoteStatus({ code: 8, message: "disk full", details: [] })).toBe(
      "ResourceExhausted: disk full",
    );
  });
});
