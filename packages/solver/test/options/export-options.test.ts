// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { type LocalExport, resolveExport } from "../../src/options/export-options.js";

function resolveLocal(options: Omit<LocalExport, "type">, names: readonly string[] = []) {
  return resolveExport("exports[0]", { type: "local", ...options }, names);
}

describe("a local export", () => {
  test("keeps its directory and its tags to itself", () => {
    const resolved = resolveLocal({ dest: "out" }, ["docker.io/library/app:latest"]);

    expect(resolved.attrs).toEqual({});
    expect(resolved.receiver).toMatchObject({
      kind: "directory",
      target: { dir: resolve("out"), delete: false },
    });
  });

  test("tells the daemon what decides which files it sends", () => {
    const { attrs } = resolveLocal({
      dest: "out",
      platformSplit: false,
      attrs: { "attestation-prefix": "a." },
    });

    expect(attrs).toEqual({ "platform-split": "false", "attestation-prefix": "a." });
  });

  test("mirrors with mode delete", () => {
    const { attrs, receiver } = resolveLocal({ dest: "/srv/site", mode: "delete" });

    expect(attrs).toEqual({ mode: "delete" });
    expect(receiver).toMatchObject({ target: { dir: "/srv/site", delete: true } });
  });

  test.each<[string, unknown, string, string]>([
    ["an empty directory name", { dest: "" }, "exports[0].dest", "not a path"],
    ["no directory", {}, "exports[0].dest", "undefined"],
    ["an unknown mode", { dest: "out", mode: "sync" }, "exports[0].mode", "not copy or delete"],
    [
      "a mode that only the daemon would see",
      { dest: "out", attrs: { mode: "delete" } },
      "exports[0].attrs.mode",
      "Set exports[0].mode",
    ],
    [
      "a directory that only the daemon would see",
      { dest: "a", attrs: { dest: "b" } },
      "exports[0].attrs.dest",
      "Set exports[0].dest",
    ],
    ["a name", { dest: "out", attrs: { name: "app" } }, "exports[0].attrs.name", "tags"],
  ])("refuses %s", (_, options, option, shown) => {
    const resolving = () => resolveLocal(options as Omit<LocalExport, "type">);

    expect(resolving).toThrow(expect.objectContaining({ code: "BK_OPTIONS_INVALID", option }));
    expect(resolving).toThrow(shown);
  });
});
