// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import {
  parseCacheFlag,
  parseCsvLine,
  parseSecretFlag,
  toSecretSource,
} from "../../../src/options/flags/index.js";

// The recorded cases of docker buildx are in conformance/: here is what they leave out.

describe("parseCsvLine()", () => {
  test("keeps a comma in quotes", () => {
    expect(parseCsvLine('type=local,"dest=a,b"')).toEqual(["type=local", "dest=a,b"]);
  });

  test("refuses stray quotes with an error that names them", () => {
    expect(() => parseCsvLine('a"b')).toThrow(/quotes in "a\\"b" do not match/);
  });
});

describe("toSecretSource()", () => {
  test.each([
    { text: "id=TOKEN", source: { env: "TOKEN" } },
    { text: "id=file", source: { file: "file" } },
    { text: "id=a,src=x", source: { file: "x" } },
    { text: "id=a,src=x,env=Y", source: { env: "Y" } },
  ])("finds $text where docker buildx does", ({ text, source }) => {
    expect(toSecretSource(parseSecretFlag(text), { TOKEN: "" })).toEqual(source);
  });
});

describe("parseCacheFlag()", () => {
  test.each(['"a,b"', "a,"])("refuses the images %s", (text) => {
    expect(() => parseCacheFlag(text)).toThrow();
  });
});
