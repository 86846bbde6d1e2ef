// SPDX-License-Identifier: Apache-2.0
import type { Environment } from "@bk/session";
import { type AttrTable, bool, oneOf } from "../attrs/attr-table.js";
import type { WrittenAttrs } from "../attrs/resolve-attrs.js";

/** What every cache takes that a build writes to. */
export interface CacheExportBase {
  /** Cache the layers of the result only, or those of every step. Default `min`. */
  readonly mode?: "min" | "max" | undefined;
  /** The build succeeds even if the cache cannot be written. */
  readonly ignoreError?: boolean | undefined;
}

export const CACHE_EXPORT_ATTRS: AttrTable<CacheExportBase> = {
  mode: oneOf("mode", ["min", "max"]),
  ignoreError: bool("ignore-error"),
};

export interface CacheAttrs {
  /** More attributes, as the daemon spells them: `{ "compression-level": "3" }`. */
  readonly attrs?: WrittenAttrs | undefined;
}

/** What a cache is resolved with. */
export interface CacheContext {
  /** Names the cache in errors: `cacheTo[0]`. */
  readonly option: string;
  /** Where some caches find what they were not told. */
  readonly env: Environment;
}

/** A cache as it goes to the daemon. */
export interface ResolvedCache {
  /** The daemon's cache backend. */
  readonly type: "registry" | "local" | "inline" | "gha" | "s3" | "azblob";
  /** May hold credentials. */
  readonly attrs: WrittenAttrs;
}
