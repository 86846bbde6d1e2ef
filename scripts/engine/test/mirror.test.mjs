// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { parseDeb822Sources, parseOneLineSources } from "../mirror.mjs";

describe("parseOneLineSources()", () => {
  test("reads address and suite, with options or without, and leaves sources and comments out", () => {
    const text = [
      "# deb http://commented/debian sid main",
      "deb http://one/debian bookworm main contrib",
      "deb [arch=amd64 signed-by=/k.gpg] http://two/debian bookworm-updates main",
      "deb-src http://three/debian bookworm main",
    ].join("\n");
    expect(parseOneLineSources(text)).toEqual([
      { uri: "http://one/debian", suites: ["bookworm"] },
      { uri: "http://two/debian", suites: ["bookworm-updates"] },
    ]);
  });
});

describe("parseDeb822Sources()", () => {
  test("reads every address of a paragraph, over several lines too", () => {
    const text = `Types: deb deb-src
# a comment
URIs: http://one/debian
 http://two/debian
Suites: bookworm bookworm-updates
Components: main

Types: deb-src
URIs: http://three/debian
Suites: bookworm

Types: deb
Enabled: no
URIs: http://four/debian
Suites: bookworm
`;
    const suites = ["bookworm", "bookworm-updates"];
    expect(parseDeb822Sources(text)).toEqual([
      { uri: "http://one/debian", suites },
      { uri: "http://two/debian", suites },
    ]);
  });
});
