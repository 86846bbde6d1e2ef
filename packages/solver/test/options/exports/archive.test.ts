// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { type ExportOptions, resolveExport } from "../../../src/options/export-options.js";
import { parseReference } from "../../../src/options/reference.js";

function resolved(options: ExportOptions) {
  return resolveExport(options, { option: "exports[0]", tags: [parseReference("app:1")] });
}

describe.each(["oci", "docker"] as const)("a %s export", (type) => {
  test("is a tar in a file, and has the build's names", () => {
    expect(resolved({ type, dest: "app.tar", compression: "gzip" })).toEqual({
      type,
      attrs: { name: "docker.io/library/app:1", compression: "gzip" },
      receiver: { kind: "file", path: resolve("app.tar") },
    });
  });

  test("is a tar in a stream", () => {
    const body = new PassThrough();
    expect(resolved({ type, dest: body }).receiver).toEqual({ kind: "writable", body });
  });

  test.each([{ tar: false }, { attrs: { tar: "0" } }])("is a layout in a directory with %j", (options) => {
    const { attrs, receiver } = resolved({ type, dest: "layout", ...options });
    expect(receiver).toEqual({ kind: "layout", dir: resolve("layout") });
    expect(attrs["tar"]).toMatch(/^(false|0)$/);
  });

  test.each<[string, object, string]>([
    ["no place", {}, "exports[0].dest"],
    ["two places", { dest: "x", open: () => {} }, "exports[0]"],
    ["a stream that has ended", { dest: new PassThrough().destroy() }, "exports[0].dest"],
    ["a stream for a directory", { dest: new PassThrough(), tar: false }, "exports[0].dest"],
    ["a push", { dest: "x", push: true }, "exports[0].push"],
  ])("refuses %s", (_, options, option) => {
    expect(() => resolved({ type, ...options })).toThrow(
      expect.objectContaining({ code: "BK_OPTIONS_INVALID", option }),
    );
  });
});

describe("a tar export", () => {
  test("has files and no names", () => {
    expect(resolved({ type: "tar", dest: "files.tar", platformSplit: true })).toEqual({
      type: "tar",
      attrs: { "platform-split": "true" },
      receiver: { kind: "file", path: resolve("files.tar") },
    });
  });
});
