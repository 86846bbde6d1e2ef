// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { formatGrpcTimeout, grpcRequestHeaders } from "../../src/grpc/request.js";

describe("grpcRequestHeaders()", () => {
  test("begins a call, with lower-case metadata", () => {
    expect({ ...grpcRequestHeaders("/a.B/C", { "X-One": "1", "x-two": ["2", "3"] }) }).toEqual({
      ":method": "POST",
      ":path": "/a.B/C",
      te: "trailers",
      "content-type": "application/grpc+proto",
      "grpc-accept-encoding": "identity",
      "x-one": "1",
      "x-two": ["2", "3"],
    });
  });

  test("keeps a header named __proto__ a header", () => {
    const headers = grpcRequestHeaders("/a.B/C", JSON.parse('{"__proto__": "x"}'));
    expect(Object.keys(headers)).toContain("__proto__");
  });
});

describe("formatGrpcTimeout()", () => {
  test.each([
    [0, "0m"],
    [-5, "0m"],
    [0.2, "1m"],
    [1500, "1500m"],
    [99_999_999, "99999999m"],
    [100_000_000, "100000S"],
    [1e15, "99999999S"],
  ])("writes %d ms as %s", (timeoutMs, text) => {
    expect(formatGrpcTimeout(timeoutMs)).toBe(text);
  });
});
