// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
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

  test("destroys a stream to which no export came, so that its reader does not wait", async () => {
    const dest = new PassThrough();
    {
      await using _services = await open({ type: "tar", dest });
      expect(dest.destroyed).toBe(false);
    }
    expect(dest.destroyed).toBe(true);
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
