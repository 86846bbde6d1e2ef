// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { encodeForm, parseQuery } from "../../../src/auth/token/form.js";

describe("encodeForm()", () => {
  test("sorts by name and keeps the order of one name's values", () => {
    const fields = [
      ["scope", "b"],
      ["client_id", "c"],
      ["scope", "a"],
    ] as const;
    expect(encodeForm(fields)).toBe("client_id=c&scope=b&scope=a");
  });

  test.each([
    ["registry:catalog:*", "registry%3Acatalog%3A%2A"],
    ["a b+c", "a+b%2Bc"],
    ["~-._", "~-._"],
    ["!'()", "%21%27%28%29"],
    ["\xc3\xa4\n", "%C3%A4%0A"],
  ])("writes %j as Go does", (value, encoded) => {
    expect(encodeForm([["s", value]])).toBe(`s=${encoded}`);
  });
});

describe("parseQuery()", () => {
  test.each([
    ["", []],
    [
      "a=1&&b",
      [
        ["a", "1"],
        ["b", ""],
      ],
    ],
    ["a=b=c+d%20e", [["a", "b=c d e"]]],
    [
      "x=%FF&y=\u00e4",
      [
        ["x", "\xff"],
        ["y", "\xc3\xa4"],
      ],
    ],
    ["bad=%zz&a;b=1&ok=%", []],
  ])("reads %j as Go does", (query, fields) => {
    expect(parseQuery(query)).toEqual(fields);
  });
});
