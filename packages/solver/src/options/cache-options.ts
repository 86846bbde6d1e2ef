// SPDX-License-Identifier: Apache-2.0
import type { Environment } from "@bk/session";
import { unknownName } from "./attrs/resolve-attrs.js";
import {
  type AzblobCacheExport,
  type AzblobCacheImport,
  resolveAzblobCacheExport,
  resolveAzblobCacheImport,
} from "./caches/azblob.js";
import {
  type GhaCacheExport,
  type GhaCacheImport,
  resolveGhaCacheExport,
  resolveGhaCacheImport,
} from "./caches/gha.js";
import { type InlineCacheExport, resolveInlineCacheExport } from "./caches/inline.js";
import {
  type LocalCacheExport,
  type LocalCacheImport,
  resolveLocalCacheExport,
  resolveLocalCacheImport,
} from "./caches/local.js";
import {
  type RegistryCacheExport,
  type RegistryCacheImport,
  resolveRegistryCacheExport,
  resolveRegistryCacheImport,
} from "./caches/registry.js";
import type { CacheContext, ResolvedCache } from "./caches/resolved-cache.js";
import {
  resolveS3CacheExport,
  resolveS3CacheImport,
  type S3CacheExport,
  type S3CacheImport,
} from "./caches/s3.js";
import { parseBool } from "./flags/csv.js";

/** A cache that a build reads steps from. */
export type CacheImportOptions =
  | RegistryCacheImport
  | LocalCacheImport
  | GhaCacheImport
  | S3CacheImport
  | AzblobCacheImport;

/** A cache that a build writes its steps to. */
export type CacheExportOptions =
  | RegistryCacheExport
  | LocalCacheExport
  | InlineCacheExport
  | GhaCacheExport
  | S3CacheExport
  | AzblobCacheExport;

/** What older users of docker build know the inline cache by. */
const INLINE_BUILD_ARG = "BUILDKIT_INLINE_CACHE";

/** @throws {SolverError} `BK_OPTIONS_INVALID` */
export function resolveCacheImports(
  caches: readonly CacheImportOptions[],
  env: Environment,
): readonly ResolvedCache[] {
  return caches.map((cache, index) => resolveCacheImport(cache, { option: `cacheFrom[${index}]`, env }));
}

/**
 * As docker buildx, takes a true build arg BUILDKIT_INLINE_CACHE for an inline cache.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`
 */
export function resolveCacheExports(
  caches: readonly CacheExportOptions[],
  buildArgs: Readonly<Record<string, string>>,
  env: Environment,
): readonly ResolvedCache[] {
  const resolved = caches.map((cache, index) =>
    resolveCacheExport(cache, { option: `cacheTo[${index}]`, env }),
  );
  const isInline = parseBool(buildArgs[INLINE_BUILD_ARG] ?? "") === true;
  if (!isInline || resolved.some(({ type }) => type === "inline")) return resolved;
  return [...resolved, { type: "inline", attrs: {} }];
}

function resolveCacheImport(cache: CacheImportOptions, context: CacheContext): ResolvedCache {
  switch (cache.type) {
    case "registry":
      return resolveRegistryCacheImport(cache, context);
    case "local":
      return resolveLocalCacheImport(cache, context);
    case "gha":
      return resolveGhaCacheImport(cache, context);
    case "s3":
      return resolveS3CacheImport(cache, context);
    case "azblob":
      return resolveAzblobCacheImport(cache, context);
    default: {
      const { type } = cache satisfies never as CacheImportOptions;
      const types = ["registry", "local", "gha", "s3", "azblob"];
      throw unknownName(`${context.option}.type`, "There is no cache to read of type", String(type), types);
    }
  }
}

function resolveCacheExport(cache: CacheExportOptions, context: CacheContext): ResolvedCache {
  switch (cache.type) {
    case "registry":
      return resolveRegistryCacheExport(cache, context);
    case "local":
      return resolveLocalCacheExport(cache, context);
    case "inline":
      return resolveInlineCacheExport(cache, context);
    case "gha":
      return resolveGhaCacheExport(cache, context);
    case "s3":
      return resolveS3CacheExport(cache, context);
    case "azblob":
      return resolveAzblobCacheExport(cache, context);
    default: {
      const { type } = cache satisfies never as CacheExportOptions;
      const types = ["registry", "local", "inline", "gha", "s3", "azblob"];
      throw unknownName(`${context.option}.type`, "There is no cache to write of type", String(type), types);
    }
  }
}
