// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import {
  formatFamiliarReference,
  formatReference,
  isDigest,
  parseAnyReference,
  parsePullReference,
  parseReference,
  withDefaultTag,
} from "../../src/options/reference.js";

// The grammar itself is checked by the recorded cases in conformance/vectors/reference.json.

const digest = `sha256:${"0f".repeat(32)}`;

describe("parseReference()", () => {
  test("fills in the registry, and nothing else", () => {
    expect(parseReference("alpine")).toEqual({ domain: "docker.io", path: "library/alpine" });
    expect(parseReference("localhost:5000/app:1")).toEqual({
      domain: "localhost:5000",
      path: "app",
      tag: "1",
    });
  });

  test("has no registry where none can have such a name", () => {
    const reference = parseReference("my_host.io/app:1");
    expect(reference).toEqual({ domain: "", path: "my_host.io/app", tag: "1" });
    expect(formatReference(reference)).toBe("my_host.io/app:1");
    expect(formatFamiliarReference(reference)).toBe("my_host.io/app:1");
    expect(() => parseReference("my_host.io:80/app")).toThrow("expected [host[:port]/]name");
  });

  test("says what is wrong with the name", () => {
    expect(() => parseReference("user/App")).toThrow(
      '"user/App" is not a valid image name: the repository name must be lower case',
    );
    expect(() => parseReference("0".repeat(64))).toThrow("image ID, not a name");
    expect(() => parseReference("x.io/".concat("a".repeat(256)))).toThrow(
      "has 256 characters, at most 255 fit",
    );
    expect(() => parseReference("app@md5:00112233445566778899aabbccddeeff")).toThrow("is not a digest");
  });
});

describe("withDefaultTag()", () => {
  test("adds latest only where neither tag nor digest says which image", () => {
    const tagged = (text: string) => formatFamiliarReference(withDefaultTag(parseReference(text)));
    expect(tagged("alpine")).toBe("alpine:latest");
    expect(tagged("alpine:3")).toBe("alpine:3");
    expect(tagged(`alpine@${digest}`)).toBe(`alpine@${digest}`);
  });
});

describe("parsePullReference()", () => {
  test("lets a digest win over a tag", () => {
    expect(formatReference(parsePullReference(`alpine:3@${digest}`))).toBe(
      `docker.io/library/alpine@${digest}`,
    );
  });
});

describe("parseAnyReference()", () => {
  test("takes an image ID for itself", () => {
    expect(parseAnyReference("0f".repeat(32))).toEqual({ digest });
    expect(parseAnyReference(digest)).toEqual({ digest });
  });
});

describe("isDigest()", () => {
  test("asks for a known algorithm and the right number of lower-case digits", () => {
    expect(isDigest(`sha256:${"0f".repeat(32)}`)).toBe(true);
    expect(isDigest(`sha256:${"0F".repeat(32)}`)).toBe(false);
    expect(isDigest(`sha256:${"0f".repeat(31)}`)).toBe(false);
    expect(isDigest(`constructor:${"0f".repeat(32)}`)).toBe(false);
  });
});
