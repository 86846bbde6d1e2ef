// SPDX-License-Identifier: Apache-2.0
import { type AttrTable, list, secret, text } from "../attrs/attr-table.js";
import { resolveAttrs } from "../attrs/resolve-attrs.js";
import {
  CACHE_EXPORT_ATTRS,
  type CacheAttrs,
  type CacheContext,
  type CacheExportBase,
  type ResolvedCache,
} from "./resolved-cache.js";

/**
 * A cache in Azure Blob Storage. The daemon talks to it: with the key that is given, else with what its own machine has.
 * What else is left out, it takes from its own BUILDKIT_AZURE_STORAGE_* variables. Docker's own BuildKit has no such
 * cache.
 */
export interface AzblobCacheImport extends CacheAttrs {
  readonly type: "azblob";
  /** `https://ACCOUNT.blob.core.windows.net`. */
  readonly accountUrl?: string | undefined;
  /** Default: the first part of the URL's host. */
  readonly accountName?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  /** Default `buildkit-cache`. */
  readonly container?: string | undefined;
  /** What every blob's name begins with. */
  readonly prefix?: string | undefined;
  /** Default `blobs`. */
  readonly blobsPrefix?: string | undefined;
  /** Default `manifests`. */
  readonly manifestsPrefix?: string | undefined;
  /** What the cache is called; several names may be written at once. Default `buildkit`. */
  readonly name?: string | readonly string[] | undefined;
}

export interface AzblobCacheExport extends AzblobCacheImport, CacheExportBase {}

const IMPORT_ATTRS: AttrTable<Omit<AzblobCacheImport, "type" | "attrs">> = {
  accountUrl: text("account_url"),
  accountName: text("account_name"),
  secretAccessKey: secret("secret_access_key"),
  container: text("container"),
  prefix: text("prefix"),
  blobsPrefix: text("blobs_prefix"),
  manifestsPrefix: text("manifests_prefix"),
  name: list("name", ";"),
};

const EXPORT_ATTRS: AttrTable<Omit<AzblobCacheExport, "type" | "attrs">> = {
  ...IMPORT_ATTRS,
  ...CACHE_EXPORT_ATTRS,
};

export function resolveAzblobCacheImport(
  options: AzblobCacheImport,
  { option }: CacheContext,
): ResolvedCache {
  const source = { what: "An azblob cache to read", table: IMPORT_ATTRS };
  return { type: "azblob", attrs: resolveAttrs(option, options, source) };
}

export function resolveAzblobCacheExport(
  options: AzblobCacheExport,
  { option }: CacheContext,
): ResolvedCache {
  const source = { what: "An azblob cache to write", table: EXPORT_ATTRS };
  return { type: "azblob", attrs: resolveAttrs(option, options, source) };
}
