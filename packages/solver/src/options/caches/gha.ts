// SPDX-License-Identifier: Apache-2.0
import type { Environment } from "@bk/session";
import { type AttrTable, milliseconds, oneOf, secret, text } from "../attrs/attr-table.js";
import { resolveAttrs, type WrittenAttrs } from "../attrs/resolve-attrs.js";
import { parseBool } from "../flags/csv.js";
import { invalidOption } from "../invalid-option.js";
import {
  CACHE_EXPORT_ATTRS,
  type CacheAttrs,
  type CacheContext,
  type CacheExportBase,
  type ResolvedCache,
} from "./resolved-cache.js";

/**
 * The cache of GitHub Actions. Inside a workflow whose steps see the runner's variables nothing needs to be said:
 * the URL comes from ACTIONS_CACHE_URL or ACTIONS_RESULTS_URL, the token from ACTIONS_RUNTIME_TOKEN, the version from
 * ACTIONS_CACHE_SERVICE_V2. All are sent to the daemon, which talks to the cache.
 *
 * Differs from docker buildx, which builds without the cache and says nothing: without a URL or a token the build is
 * refused.
 */
export interface GhaCacheImport extends CacheAttrs {
  readonly type: "gha";
  /** Caches of one repository are told apart by it. Default `buildkit`. */
  readonly scope?: string | undefined;
  readonly url?: string | undefined;
  /** Of the second version of the service. */
  readonly urlV2?: string | undefined;
  readonly token?: string | undefined;
  readonly version?: "1" | "2" | undefined;
  /** `owner/name`, whose caches are asked for by GitHub's API, for fewer requests of the cache service. */
  readonly repository?: string | undefined;
  /** For GitHub's API. */
  readonly githubToken?: string | undefined;
  /** For reading and writing the whole cache. Default: the daemon's, 10 minutes. */
  readonly timeoutMs?: number | undefined;
}

export interface GhaCacheExport extends GhaCacheImport, CacheExportBase {}

const IMPORT_ATTRS: AttrTable<Omit<GhaCacheImport, "type" | "attrs">> = {
  scope: text("scope"),
  url: text("url"),
  urlV2: text("url_v2"),
  token: secret("token"),
  version: oneOf("version", ["1", "2"]),
  repository: text("repository"),
  githubToken: secret("ghtoken"),
  timeoutMs: milliseconds("timeout"),
};

const EXPORT_ATTRS: AttrTable<Omit<GhaCacheExport, "type" | "attrs">> = {
  ...IMPORT_ATTRS,
  ...CACHE_EXPORT_ATTRS,
};

export function resolveGhaCacheImport(options: GhaCacheImport, { option, env }: CacheContext): ResolvedCache {
  const attrs = resolveAttrs(option, options, { what: "A gha cache to read", table: IMPORT_ATTRS });
  return { type: "gha", attrs: completeFromEnv(option, attrs, env) };
}

export function resolveGhaCacheExport(options: GhaCacheExport, { option, env }: CacheContext): ResolvedCache {
  const attrs = resolveAttrs(option, options, { what: "A gha cache to write", table: EXPORT_ATTRS });
  return { type: "gha", attrs: completeFromEnv(option, attrs, env) };
}

/** Must match docker buildx in which variable stands for what. */
function completeFromEnv(option: string, given: WrittenAttrs, env: Environment): WrittenAttrs {
  const second = parseBool(env["ACTIONS_CACHE_SERVICE_V2"] ?? "") === true;
  const version = given["version"] ?? (second ? "2" : undefined);
  const results = env["ACTIONS_RESULTS_URL"];
  const token = given["token"] ?? env["ACTIONS_RUNTIME_TOKEN"];
  const url = given["url"] ?? env["ACTIONS_CACHE_URL"] ?? results;
  const urlV2 = given["url_v2"] ?? (version === "2" ? results : undefined);
  if (!token) throw missing(option, "token", "a token", "ACTIONS_RUNTIME_TOKEN");
  if (!url && !urlV2) throw missing(option, "url", "a URL", "ACTIONS_CACHE_URL or ACTIONS_RESULTS_URL");
  return { ...given, token, ...(url && { url }), ...(urlV2 && { url_v2: urlV2 }) };
}

function missing(option: string, name: string, what: string, variable: string): Error {
  return invalidOption(
    `${option}.${name}`,
    `${option} needs ${what}, and ${variable} is not set: a gha cache can be used in a GitHub Actions workflow, by steps that see the runner's variables`,
  );
}
