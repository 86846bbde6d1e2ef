// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parseOciLayout } from "../../../src/options/contexts/oci-layout.js";

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("parseOciLayout()", () => {
  test.each([
    ["/layout", "/layout", "latest", undefined],
    ["layout", resolve("layout"), "latest", undefined],
    ["/layout:1.3", "/layout", "1.3", undefined],
    [`/layout@${DIGEST}`, "/layout", undefined, DIGEST],
    [`/layout:1.3@${DIGEST}`, "/layout", "1.3", DIGEST],
    ["/a/@/layout", "/a/@/layout", "latest", undefined],
    [`/a/@/layout@${DIGEST}`, "/a/@/layout", undefined, DIGEST],
    ["/a:b/layout", "/a:b/layout", "latest", undefined],
    ["/layout@sha256:abc", "/layout@sha256", "abc", undefined],
  ])("reads %s", (path, dir, tag, digest) => {
    expect(parseOciLayout("context", `oci-layout://${path}`)).toEqual({ dir, tag, digest });
  });

  test("leaves other sources alone", () => {
    expect(parseOciLayout("context", "docker-image://alpine")).toBeUndefined();
    expect(parseOciLayout("context", "./oci-layout")).toBeUndefined();
  });

  test("wants a path", () => {
    expect(() => parseOciLayout("context", "oci-layout://")).toThrow(
      expect.objectContaining({ code: "BK_OPTIONS_INVALID", option: "context" }),
    );
  });
});
