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

  test("refuses stray quotes with an error that says where they are, and does not show keys", () => {
    const parse = () => parseCsvLine('type=s3,secret_access_key="hidden');
    expect(parse).toThrow("quotes of the part from character 9 on do not match");
    expect(parse).not.toThrow(/hidden/);
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

  test("does not show the key of a cache without a type", () => {
    const parse = () => parseCacheFlag("region=us,secret_access_key=hidden");
    expect(parse).toThrow("needs a type");
    expect(parse).not.toThrow(/hidden/);
  });
});
