// SPDX-License-Identifier: Apache-2.0
import { type ManifestName, openExportStore, putManifest } from "@bk/session";
import { asOption } from "../as-option.js";
import type { ResolvedExport } from "../options/exports/resolved-export.js";
import { invalidOption } from "../options/invalid-option.js";
import { checkIndex } from "./check-index.js";
import { parseManifest } from "./exported-manifest.js";
import type { ExporterResponse, OpenedStore } from "./store-services.js";

/** Must match the daemon: exporter/oci of moby/buildkit knows one store, by this name. */
const STORE_ID = "export";
const DEFAULT_TAG = "latest";

/**
 * Opens the directory to which an oci or docker export with `tar: false` goes.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` for a second one, or a directory that cannot be used
 */
export async function openLayoutExport(exports: readonly ResolvedExport[]): Promise<readonly OpenedStore[]> {
  const opened: OpenedStore[] = [];
  for (const [index, { receiver }] of exports.entries()) {
    if (receiver?.kind !== "layout") continue;
    if (opened.length > 0)
      throw invalidOption(
        `exports[${index}].tar`,
        "Only one export of a build can go into a directory as an image",
      );
    const { dir } = receiver;
    const option = `exports[${index}].dest`;
    await asOption(option, checkIndex(dir));
    opened.push({
      id: STORE_ID,
      store: await asOption(option, openExportStore(dir)),
      async finish(response, { signal }) {
        const descriptor = response["containerimage.descriptor"];
        if (descriptor === undefined) return;
        const manifest = parseManifest(Buffer.from(descriptor, "base64").toString("utf8"));
        await putManifest(dir, manifest, names(response), { signal });
      },
    });
  }
  return opened;
}

function names(response: ExporterResponse): readonly ManifestName[] {
  const images = response["image.name"];
  if (!images) return [{ tag: DEFAULT_TAG }];
  return images.split(",").map((image) => ({ image }));
}
