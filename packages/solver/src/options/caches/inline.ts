// SPDX-License-Identifier: Apache-2.0
import { resolveAttrs } from "../attrs/resolve-attrs.js";
import type { CacheAttrs, CacheContext, ResolvedCache } from "./resolved-cache.js";

/** The cache of the result's own layers, in the image itself. It is read as a registry cache whose ref is the image. */
export interface InlineCacheExport extends CacheAttrs {
  readonly type: "inline";
}

export function resolveInlineCacheExport(
  options: InlineCacheExport,
  { option }: CacheContext,
): ResolvedCache {
  return { type: "inline", attrs: resolveAttrs(option, options, { what: "An inline cache", table: {} }) };
}
