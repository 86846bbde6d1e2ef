// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from "node:util";
import {
  hasBlob,
  openExportStore,
  openImportStore,
  putManifest,
  removeUnreferenced,
  SessionError,
} from "@bk/session";
import { asOption } from "../as-option.js";
import type { ResolvedCache } from "../options/caches/resolved-cache.js";
import { isOn } from "../options/exports/export-names.js";
import { invalidOption } from "../options/invalid-option.js";
import { checkIndex, findExisting } from "./check-index.js";
import { parseManifest } from "./exported-manifest.js";
import type { OpenedStore } from "./store-services.js";

/** Must match the daemon: cache/remotecache/local of moby/buildkit. */
const STORE_PREFIX = "local:";
const DEFAULT_TAG = "latest";

export interface OpenedCaches {
  readonly opened: readonly OpenedStore[];
  /** The caches as the daemon is to see them. */
  readonly caches: readonly ResolvedCache[];
}

/**
 * Opens the local caches that a build reads, each by the digest of its manifest. As with docker buildx, one that is
 * not there is left out.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` for a directory whose index cannot be read
 */
export async function openCacheImports(caches: readonly ResolvedCache[]): Promise<OpenedCaches> {
  const opened: OpenedStore[] = [];
  const found: ResolvedCache[] = [];
  for (const [index, cache] of caches.entries()) {
    if (cache.type !== "local") {
      found.push(cache);
      continue;
    }
    const { src: dir = "", tag = DEFAULT_TAG, ...attrs } = cache.attrs;
    const option = `cacheFrom[${index}].src`;
    const digest = attrs["digest"] ?? (await asOption(option, findExisting(dir, tag)))?.digest;
    if (digest === undefined || !(await asOption(option, hasBlob(dir, digest)))) continue;
    const src = `from-${index}`;
    opened.push({ id: STORE_PREFIX + src, store: await asOption(option, openImportStore(dir)) });
    found.push({ ...cache, attrs: { ...attrs, src, digest } });
  }
  return { opened, caches: found };
}

/**
 * Opens the directories that a build writes its cache to.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` for one that cannot be used, and for two of different kinds: the daemon
 * says of one cache only what it wrote
 */
export async function openCacheExports(caches: readonly ResolvedCache[]): Promise<OpenedCaches> {
  const opened: OpenedStore[] = [];
  const shown: ResolvedCache[] = [];
  let kind: ResolvedCache["attrs"] | undefined;
  for (const [index, cache] of caches.entries()) {
    if (cache.type !== "local") {
      shown.push(cache);
      continue;
    }
    const { dest: dir = "", tag = DEFAULT_TAG, reset, ...attrs } = cache.attrs;
    const option = `cacheTo[${index}].dest`;
    kind ??= attrs;
    if (!isDeepStrictEqual(attrs, kind))
      throw invalidOption(
        `cacheTo[${index}]`,
        "Local caches that one build writes must not differ but in dest and tag",
      );
    await asOption(option, checkIndex(dir));
    const dest = `to-${index}`;
    const optional = isOn(attrs["ignore-error"]);
    opened.push({
      id: STORE_PREFIX + dest,
      store: await asOption(option, openExportStore(dir, { optional })),
      async finish(response, { signal }) {
        const manifest = response["cache.manifest"];
        // A build without a layer has no cache.
        if (manifest === undefined) return;
        try {
          await putManifest(dir, parseManifest(manifest), [{ tag }], { signal });
          if (isOn(reset)) await removeUnreferenced(dir, { signal });
        } catch (error) {
          if (!optional || !SessionError.is(error)) throw error;
        }
      },
    });
    shown.push({ ...cache, attrs: { ...attrs, dest } });
  }
  return { opened, caches: shown };
}
