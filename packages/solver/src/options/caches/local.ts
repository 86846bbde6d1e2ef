// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { type AttrTable, bool, text } from "../attrs/attr-table.js";
import { resolveAttrs } from "../attrs/resolve-attrs.js";
import { checkPath } from "../check-option.js";
import { COMPRESSION_ATTRS, type CompressionOptions } from "../exports/image-format.js";
import { invalidOption } from "../invalid-option.js";
import { isDigest } from "../reference.js";
import {
  CACHE_EXPORT_ATTRS,
  type CacheAttrs,
  type CacheContext,
  type CacheExportBase,
  type ResolvedCache,
} from "./resolved-cache.js";

/** A cache in a directory of this machine, an OCI layout. One that is not there is passed over. */
export interface LocalCacheImport extends CacheAttrs {
  readonly type: "local";
  /** The directory. Relative paths start at the working directory. */
  readonly src: string;
  /** Which of the caches in it. Default `latest`. */
  readonly tag?: string | undefined;
  /** The same by the digest of its manifest, whatever its tag. */
  readonly digest?: string | undefined;
}

/** A cache in a directory of this machine, an OCI layout. */
export interface LocalCacheExport extends CacheAttrs, CacheExportBase, CompressionOptions {
  readonly type: "local";
  /** The directory; made if it does not exist. Relative paths start at the working directory. */
  readonly dest: string;
  /** What this cache is called in it. Default `latest`. */
  readonly tag?: string | undefined;
  /** Remove what no cache in the directory needs any more, once this one is written. */
  readonly reset?: boolean | undefined;
  /** As an image manifest in place of an index. */
  readonly imageManifest?: boolean | undefined;
  /** Media types of OCI in place of Docker's. */
  readonly ociMediaTypes?: boolean | undefined;
}

const IMPORT_ATTRS: AttrTable<Omit<LocalCacheImport, "type" | "attrs">> = {
  src: text("src"),
  tag: text("tag"),
  digest: text("digest"),
};

const EXPORT_ATTRS: AttrTable<Omit<LocalCacheExport, "type" | "attrs">> = {
  ...CACHE_EXPORT_ATTRS,
  ...COMPRESSION_ATTRS,
  dest: text("dest"),
  tag: text("tag"),
  reset: bool("reset"),
  imageManifest: bool("image-manifest"),
  ociMediaTypes: bool("oci-mediatypes"),
};

/** The attribute `src` is the absolute path, which names the store on the session too. */
export function resolveLocalCacheImport(options: LocalCacheImport, { option }: CacheContext): ResolvedCache {
  const attrs = resolveAttrs(option, options, { what: "A local cache to read", table: IMPORT_ATTRS });
  const { digest } = attrs;
  if (digest !== undefined && !isDigest(digest))
    throw invalidOption(`${option}.digest`, `${option}.digest is no digest, such as sha256:…`);
  const src = resolve(checkPath(`${option}.src`, attrs["src"]));
  return { type: "local", attrs: { ...attrs, src } };
}

/** The attribute `dest` is the absolute path, which names the store on the session too. */
export function resolveLocalCacheExport(options: LocalCacheExport, { option }: CacheContext): ResolvedCache {
  const attrs = resolveAttrs(option, options, { what: "A local cache to write", table: EXPORT_ATTRS });
  const dest = resolve(checkPath(`${option}.dest`, attrs["dest"]));
  return { type: "local", attrs: { ...attrs, dest } };
}
