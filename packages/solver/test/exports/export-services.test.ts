// SPDX-License-Identifier: Apache-2.0
import { tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { createExportServices } from "../../src/exports/export-services.js";
import { type ExportOptions, resolveExport } from "../../src/options/export-options.js";

function open(...exports: readonly ExportOptions[]) {
  return createExportServices(
    exports.map((entry, index) => resolveExport(entry, { option: `exports[${index}]`, tags: [] })),
  );
}

describe("createExportServices()", () => {
  test("announces nothing for what stays with the daemon", async () => {
    await using services = await open({ type: "image" }, { type: "moby" });
    expect(services.attachables).toEqual([]);
  });

  test.each<[string, (dir: string) => ExportOptions]>([
    ["a file in place of which is a directory", (dir) => ({ type: "oci", dest: dir })],
    ["a mirror of the root", () => ({ type: "local", dest: "/", mode: "delete" })],
  ])("refuses %s", async (_, entry) => {
    await using dir = await tmpDir();
    await expect(open({ type: "image" }, entry(dir.path))).rejects.toMatchObject({
      code: "BK_OPTIONS_INVALID",
      option: "exports[1].dest",
    });
  });
});
