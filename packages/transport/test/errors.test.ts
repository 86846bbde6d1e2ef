// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { findTransportError, TransportError } from "../src/errors.js";

describe("TransportError", () => {
  test("carries what happened", () => {
    const cause = new Error("root");
    const error = new TransportError("BK_UPGRADE_REFUSED", "No", {
      cause,
      endpoint: "unix:///x",
      status: 403,
      body: "denied",
    });
    expect(error).toMatchObject({
      name: "TransportError",
      code: "BK_UPGRADE_REFUSED",
      message: "No",
      endpoint: "unix:///x",
      status: 403,
      body: "denied",
      cause,
    });
  });

  test.each([
    ["BK_ENDPOINT_NOT_FOUND", true],
    ["BK_CONNECTION_REFUSED", true],
    ["BK_CONNECT_TIMEOUT", true],
    ["BK_CONNECTION_LOST", true],
    ["BK_TLS_FAILED", false],
    ["BK_ADDRESS_INVALID", false],
    ["BK_PERMISSION_DENIED", false],
    ["BK_NOT_A_SOCKET", false],
    ["BK_UPGRADE_REFUSED", false],
    ["BK_NOT_GRPC", false],
    ["BK_CLOSED", false],
  ] as const)("%s: retryable is %s", (code, retryable) => {
    expect(new TransportError(code, "").retryable).toBe(retryable);
  });

  test("recognises the error of another copy of this package", () => {
    const foreign = Object.defineProperty(new Error("x"), Symbol.for("@bk/transport/TransportError"), {
      value: true,
    });
    expect(TransportError.is(foreign)).toBe(true);
    expect(TransportError.is(new Error("x"))).toBe(false);
    expect(TransportError.is({ code: "BK_CLOSED" })).toBe(false);
  });
});

describe("findTransportError()", () => {
  test("looks through causes", () => {
    const error = new TransportError("BK_CLOSED", "closed");
    expect(findTransportError(new Error("outer", { cause: new Error("inner", { cause: error }) }))).toBe(
      error,
    );
    expect(findTransportError(error)).toBe(error);
    expect(findTransportError(new Error("other"))).toBeUndefined();
    expect(findTransportError("text")).toBeUndefined();
  });

  test("ends where causes run in a circle", () => {
    const error = new Error("a");
    error.cause = new Error("b", { cause: error });
    expect(findTransportError(error)).toBeUndefined();
  });
});
