// SPDX-License-Identifier: Apache-2.0
import { type Attachable, type ContentStore, createContentStores, type ExportStore } from "@bk/session";
import type { AbortOptions } from "@bk/transport";
import type { ResolvedSolveOptions } from "../options/solve-options.js";
import { openLayoutContexts } from "./layout-contexts.js";
import { openLayoutExport } from "./layout-export.js";
import { openCacheExports, openCacheImports } from "./local-caches.js";

/** A store that the daemon uses under an id, and what makes its blobs findable once the build is done. */
export interface OpenedStore {
  readonly id: string;
  readonly store: ContentStore;
  readonly finish?: ((response: ExporterResponse, options: AbortOptions) => Promise<void>) | undefined;
}

/** What the exporters of a build reported, as the daemon spells it. */
export type ExporterResponse = Readonly<Record<string, string>>;

/** The OCI layout directories of a build. */
export interface StoreServices extends AsyncDisposable {
  readonly attachables: readonly Attachable[];
  /** The options as the daemon is to see them: caches that are there, and all by digests and the ids of stores. */
  readonly options: ResolvedSolveOptions;
  /**
   * Enters what the build exported into the indexes of its directories.
   *
   * @throws {SessionError} `BK_STORE_LOCKED`, `BK_STORE_CORRUPT`, `BK_STORE_FAILED`; `signal.reason`
   */
  finish(response: ExporterResponse, options?: AbortOptions): Promise<void>;
  /** Removes what unfinished blobs left. The session must have ended. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens what a build reads from and writes to OCI layout directories: local caches, images as directories, and named
 * contexts. Nothing on the disk is touched before the daemon sends a blob. The daemon is told no paths.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` for a directory or an index that cannot be used
 */
export async function createStoreServices(options: ResolvedSolveOptions): Promise<StoreServices> {
  const layoutExport = await openLayoutExport(options.exports);
  const contexts = await openLayoutContexts(options.namedContexts);
  const imports = await openCacheImports(options.cacheFrom);
  const exports = await openCacheExports(options.cacheTo);
  const opened = [...layoutExport, ...contexts.opened, ...imports.opened, ...exports.opened];
  const stores = new Map(opened.map(({ id, store }) => [id, store]));
  return {
    attachables: stores.size > 0 ? [createContentStores(stores)] : [],
    options: {
      ...options,
      namedContexts: contexts.namedContexts,
      cacheFrom: imports.caches,
      cacheTo: exports.caches,
    },
    async finish(response, { signal } = {}) {
      for (const { finish } of opened) await finish?.(response, { signal });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(
        opened
          .map(({ store }) => store)
          .filter(isExport)
          .map((store) => store.close()),
      );
    },
  };
}

function isExport(store: ContentStore): store is ExportStore {
  return store.access === "write";
}
