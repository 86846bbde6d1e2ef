// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { resolveNamedContexts } from "../../../src/options/contexts/named-contexts.js";

describe("resolveNamedContexts()", () => {
  test("tells images, URLs and directories apart, by the names of images", () => {
    const contexts = resolveNamedContexts({
      "docker.io/library/alpine:latest": "docker-image://alpine",
      nothing: "docker-image://scratch",
      repository: "git@host:app.git#main",
      file: "http://host/file",
      "ghcr.io/me/app:1": "dir",
      dockerfile: "/docker",
    });
    expect(Object.fromEntries(contexts)).toMatchObject({
      alpine: { kind: "image", reference: "alpine" },
      nothing: { kind: "image", reference: "scratch" },
      repository: { kind: "remote", remote: { kind: "git" } },
      file: { kind: "remote", remote: { kind: "http" } },
      "ghcr.io/me/app:1": { kind: "disk", dir: resolve("dir"), localName: "ghcr.io/me/app:1" },
      dockerfile: { kind: "disk", dir: "/docker", localName: "_dockerfile" },
    });
  });

  test.each([
    ["a name that is none", { "Not a name": "." }, "not a valid image name"],
    ["a name twice", { alpine: ".", "alpine:latest": "." }, "twice"],
    ["an image that is none", { a: "docker-image://Not/OK" }, "not a valid image name"],
    ["the target of a bake file", { a: "target:base" }, "bake"],
    ["an unknown scheme", { a: "ftp://host/file" }, '"ftp"'],
    ["a URL that only the main context may have", { a: "github.com/me/app" }, "https://"],
    ["a malformed URL", { a: "https://host:port/" }, "not a valid URL"],
    ["an empty path", { a: "" }, '""'],
  ])("refuses %s", (_, contexts, shown) => {
    const option = expect.stringMatching(/^namedContexts\./);
    expect(() => resolveNamedContexts(contexts)).toThrow(
      expect.objectContaining({
        code: "BK_OPTIONS_INVALID",
        option,
        message: expect.stringContaining(shown),
      }),
    );
  });
});
