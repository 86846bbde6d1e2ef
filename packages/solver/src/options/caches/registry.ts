// SPDX-License-Identifier: Apache-2.0
import { type AttrTable, bool, text } from "../attrs/attr-table.js";
import { resolveAttrs, type WrittenAttrs } from "../attrs/resolve-attrs.js";
import { COMPRESSION_ATTRS, type CompressionOptions } from "../exports/image-format.js";
import { invalidOption, renameOption } from "../invalid-option.js";
import { parseReference } from "../reference.js";
import {
  CACHE_EXPORT_ATTRS,
  type CacheAttrs,
  type CacheContext,
  type CacheExportBase,
  type ResolvedCache,
} from "./resolved-cache.js";

interface RegistryCache extends CacheAttrs {
  readonly type: "registry";
  /** The image that holds the cache: `ghcr.io/me/app:cache`. Without a tag, `latest` is meant. */
  readonly ref: string;
  /** Allow plain HTTP and unverified certificates. */
  readonly insecureRegistry?: boolean | undefined;
}

/** A cache in a registry, or an image that holds its own (`inline`). One that is not there is passed over. */
export interface RegistryCacheImport extends RegistryCache {}

/** A cache in a registry, as an image of its own. */
export interface RegistryCacheExport extends RegistryCache, CacheExportBase, CompressionOptions {
  /** As an image manifest, in place of an index, which some registries refuse. */
  readonly imageManifest?: boolean | undefined;
  /** Media types of OCI in place of Docker's. */
  readonly ociMediaTypes?: boolean | undefined;
}

const IMPORT_ATTRS: AttrTable<Omit<RegistryCacheImport, "type" | "attrs">> = {
  ref: text("ref"),
  insecureRegistry: bool("registry.insecure"),
};

const EXPORT_ATTRS: AttrTable<Omit<RegistryCacheExport, "type" | "attrs">> = {
  ...IMPORT_ATTRS,
  ...CACHE_EXPORT_ATTRS,
  ...COMPRESSION_ATTRS,
  imageManifest: bool("image-manifest"),
  ociMediaTypes: bool("oci-mediatypes"),
};

export function resolveRegistryCacheImport(
  options: RegistryCacheImport,
  { option }: CacheContext,
): ResolvedCache {
  const attrs = resolveAttrs(option, options, { what: "A registry cache to read", table: IMPORT_ATTRS });
  return { type: "registry", attrs: checkRef(option, attrs) };
}

export function resolveRegistryCacheExport(
  options: RegistryCacheExport,
  { option }: CacheContext,
): ResolvedCache {
  const attrs = resolveAttrs(option, options, { what: "A registry cache to write", table: EXPORT_ATTRS });
  return { type: "registry", attrs: checkRef(option, attrs) };
}

function checkRef(option: string, attrs: WrittenAttrs): WrittenAttrs {
  const { ref } = attrs;
  if (ref === undefined)
    throw invalidOption(`${option}.ref`, `${option} needs a ref: the image that holds it`);
  renameOption(`${option}.ref`, () => parseReference(ref));
  return attrs;
}
