// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { resolveFrontend } from "../../src/options/frontend.js";

describe("resolveFrontend()", () => {
  test("leaves the Dockerfile to the daemon unless an image is named", () => {
    expect(resolveFrontend({ attrs: { custom: "a" } }, {})).toEqual({
      name: "dockerfile.v0",
      attrs: { custom: "a" },
    });
    expect(resolveFrontend({ image: "host/frontend" }, {})).toEqual({
      name: "gateway.v0",
      attrs: { source: "host/frontend" },
    });
  });

  test.each([
    [{ image: "Not/OK" }, {}, "frontend.image"],
    [{}, { BUILDKIT_SYNTAX: " " }, "buildArgs.BUILDKIT_SYNTAX"],
    [{ image: "a" }, { BUILDKIT_SYNTAX: "b" }, "frontend.image"],
    [{ attrs: { target: "a" } }, {}, "frontend.attrs.target"],
    [{ attrs: { "build-arg:A": "a" } }, {}, "frontend.attrs.build-arg:A"],
  ])("refuses %j with the build args %j", (frontend, buildArgs, option) => {
    expect(() => resolveFrontend(frontend, buildArgs as Record<string, string>)).toThrow(
      expect.objectContaining({ code: "BK_OPTIONS_INVALID", option }),
    );
  });
});
