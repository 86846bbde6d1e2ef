// SPDX-License-Identifier: Apache-2.0
import {
  type ContentStore,
  createContentStores,
  type Descriptor,
  findManifest,
  openExportStore,
  openImportStore,
  putManifest,
} from "@bk/session";

/** Lets a build read the cache in one directory and write one to another. */
export async function shareCaches(from: string, to: string) {
  const target = await openExportStore(to);
  const stores = new Map<string, ContentStore>();
  stores.set("local:from", await openImportStore(from)).set("local:to", target);
  return {
    stores: createContentStores(stores),
    /** What the build is to read. */
    digest: (await findManifest(from, "latest"))?.digest,
    /** Makes what the build wrote findable; the solve's answer has the descriptor. */
    enter: (manifest: Descriptor) => putManifest(to, manifest, [{ tag: "latest" }]),
    close: () => target.close(),
  };
}
