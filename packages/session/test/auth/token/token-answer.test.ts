// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { parseOAuthAnswer, parseTokenAnswer } from "../../../src/auth/token/token-answer.js";

const DEFAULTS = { expiresInSeconds: 60n, issuedAtSeconds: 0 };

describe("parseTokenAnswer()", () => {
  test.each([
    ['{"token": "t"}', { ...DEFAULTS, token: "t" }],
    ['{"token": "t", "access_token": "a"}', { ...DEFAULTS, token: "a" }],
    ['{"Access_Token": "a", "expires_in": null} trailing', { ...DEFAULTS, token: "a" }],
    ['{"token": "a\\ud83d"}', { ...DEFAULTS, token: "a\ufffd" }],
    [
      '{"token": "t", "expires_in": 9223372036854775807}',
      { ...DEFAULTS, token: "t", expiresInSeconds: 2n ** 63n - 1n },
    ],
    ['{"token": "t", "expires_in": 0, "issued_at": "0001-01-01T00:00:00Z"}', { ...DEFAULTS, token: "t" }],
    [
      '{"token": "t", "expires_in": 300, "issued_at": "2024-05-01T10:00:00Z"}',
      { token: "t", expiresInSeconds: 300n, issuedAtSeconds: 1_714_557_600 },
    ],
  ])("reads %s", (text, token) => {
    expect(parseTokenAnswer(text)).toEqual(token);
  });

  test.each([
    "",
    "null",
    "[]",
    "<html>",
    "{}",
    '{"token": ""}',
    '{"token": 1}',
    '{"token": "t", "expires_in": "300"}',
    '{"token": "t", "expires_in": 1.5}',
    '{"token": "t", "expires_in": 300.0}',
    '{"token": "t", "expires_in": 1e3}',
    '{"token": "t", "expires_in": 9223372036854775808}',
    '{"token": "t", "issued_at": "yesterday"}',
    '{"token": "t", "refresh_token": 1}',
  ])("refuses %j", (text) => {
    expect(() => parseTokenAnswer(text)).toThrow(SyntaxError);
  });
});

describe("parseOAuthAnswer()", () => {
  test("takes access_token", () => {
    expect(parseOAuthAnswer('{"access_token": "a", "scope": "s"}')).toEqual({ ...DEFAULTS, token: "a" });
  });

  test.each(['{"token": "t"}', '{"access_token": "a", "scope": ["s"]}'])("refuses %s", (text) => {
    expect(() => parseOAuthAnswer(text)).toThrow(SyntaxError);
  });
});
