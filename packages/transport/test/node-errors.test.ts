// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { TransportError } from "../src/errors.js";
import { connectError, connectionLostError, connectTimeoutError } from "../src/node-errors.js";

const endpoint = "tcp://host:1";

function systemError(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}

describe("connectError()", () => {
  test.each([
    ["ENOENT", "BK_ENDPOINT_NOT_FOUND"],
    ["ENOTFOUND", "BK_ENDPOINT_NOT_FOUND"],
    ["EAI_AGAIN", "BK_ENDPOINT_NOT_FOUND"],
    ["ECONNREFUSED", "BK_CONNECTION_REFUSED"],
    ["ECONNRESET", "BK_CONNECTION_LOST"],
    ["ETIMEDOUT", "BK_CONNECT_TIMEOUT"],
    ["EHOSTUNREACH", "BK_CONNECT_TIMEOUT"],
    ["EACCES", "BK_PERMISSION_DENIED"],
    ["ENOTSOCK", "BK_NOT_A_SOCKET"],
    ["CERT_HAS_EXPIRED", "BK_TLS_FAILED"],
    ["ERR_SSL_SOMETHING_NEW", "BK_TLS_FAILED"],
    ["EMFILE", "BK_CONNECT_FAILED"],
  ])("maps %s to %s", (errno, code) => {
    const cause = systemError(errno);
    const error = connectError(cause, endpoint);
    expect(error).toMatchObject({ code, endpoint, cause });
    expect(error.message).toMatch(/^Cannot connect to tcp:\/\/host:1: ./);
  });

  test("takes the last of several addresses' errors", () => {
    const cause = new AggregateError([systemError("ENETUNREACH"), systemError("ECONNREFUSED")]);
    expect(connectError(cause, endpoint).code).toBe("BK_CONNECTION_REFUSED");
  });

  test("lets a TransportError be", () => {
    const error = new TransportError("BK_CLOSED", "closed");
    expect(connectError(error, endpoint)).toBe(error);
    expect(connectionLostError(error, endpoint)).toBe(error);
  });
});

describe("connectionLostError()", () => {
  test("says what the socket said", () => {
    const error = connectionLostError(systemError("ECONNRESET"), endpoint);
    expect(error.code).toBe("BK_CONNECTION_LOST");
    expect(error.message).toContain("ECONNRESET");
    expect(connectionLostError(undefined, endpoint).message).toContain("was lost.");
  });

  test("tells a client certificate that is refused after the handshake", () => {
    const cause = systemError("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED");
    expect(connectionLostError(cause, endpoint).code).toBe("BK_TLS_FAILED");
  });
});

describe("connectTimeoutError()", () => {
  test("says what was waited for", () => {
    expect(connectTimeoutError(endpoint, 20_000, "a connection").message).toContain(
      "a connection did not come within 20 s",
    );
  });
});
