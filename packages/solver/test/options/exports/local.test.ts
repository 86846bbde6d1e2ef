// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { type LocalExport, resolveLocalExport } from "../../../src/options/exports/local.js";

function resolveLocal(options: Omit<LocalExport, "type">) {
  return resolveLocalExport({ type: "local", ...options }, { option: "exports[0]", tags: [] });
}

describe("a local export", () => {
  test("keeps its directory to itself", () => {
    const resolved = resolveLocal({ dest: "out" });

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
      sourceDateEpoch: 0,
      attrs: { "attestation-prefix": "a." },
    });

    expect(attrs).toEqual({
      "platform-split": "false",
      "source-date-epoch": "0",
      "attestation-prefix": "a.",
    });
  });

  test.each([{ mode: "delete" }, { attrs: { mode: "delete" } }] as const)("mirrors with %j", (mode) => {
    const { attrs, receiver } = resolveLocal({ dest: "/srv/site", ...mode });

    expect(attrs).toEqual({ mode: "delete" });
    expect(receiver).toMatchObject({ target: { dir: "/srv/site", delete: true } });
  });

  test.each<[string, object, string, string]>([
    ["an empty directory name", { dest: "" }, "exports[0].dest", "not a path"],
    ["no directory", {}, "exports[0].dest", "undefined"],
    ["an unknown mode", { dest: "out", mode: "sync" }, "exports[0].mode", "not copy or delete"],
    [
      "two modes",
      { dest: "out", mode: "copy", attrs: { mode: "delete" } },
      "exports[0].attrs.mode",
      "something else",
    ],
    ["a second directory", { dest: "a", attrs: { dest: "b" } }, "exports[0].attrs.dest", '"dest"'],
    ["a name", { dest: "out", attrs: { name: "app" } }, "exports[0].attrs.name", '"name"'],
    [
      "a slip in an option",
      { dest: "out", platformSplt: true },
      "exports[0].platformSplt",
      "did you mean platformSplit?",
    ],
  ])("refuses %s", (_, options, option, shown) => {
    const resolving = () => resolveLocal(options as Omit<LocalExport, "type">);

    expect(resolving).toThrow(expect.objectContaining({ code: "BK_OPTIONS_INVALID", option }));
    expect(resolving).toThrow(shown);
  });
});
