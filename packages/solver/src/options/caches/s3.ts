// SPDX-License-Identifier: Apache-2.0
import type { Environment } from "@bk/session";
import {
  type AttrTable,
  bool,
  integer,
  list,
  milliseconds,
  oneOf,
  secret,
  text,
} from "../attrs/attr-table.js";
import { resolveAttrs, type WrittenAttrs } from "../attrs/resolve-attrs.js";
import { invalidOption } from "../invalid-option.js";
import {
  CACHE_EXPORT_ATTRS,
  type CacheAttrs,
  type CacheContext,
  type CacheExportBase,
  type ResolvedCache,
} from "./resolved-cache.js";

/**
 * A cache in Amazon S3, or something that speaks its protocol. The daemon talks to it: with the keys that are given,
 * else those of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of this process, which are sent to it,
 * else with what its own machine has. Docker's own BuildKit has no such cache.
 *
 * Differs from docker buildx, which also sends keys from the AWS config file and the machine's role.
 */
export interface S3CacheImport extends CacheAttrs {
  readonly type: "s3";
  /** Default: AWS_BUCKET of the daemon. */
  readonly bucket?: string | undefined;
  /** Default: AWS_REGION of the daemon. */
  readonly region?: string | undefined;
  /** What every key begins with. */
  readonly prefix?: string | undefined;
  /** Default `blobs/`. */
  readonly blobsPrefix?: string | undefined;
  /** Default `manifests/`. */
  readonly manifestsPrefix?: string | undefined;
  /** What the cache is called; several names may be written at once. Default `buildkit`. */
  readonly name?: string | readonly string[] | undefined;
  readonly endpointUrl?: string | undefined;
  /** The bucket in the path of URLs, not in the host. */
  readonly usePathStyle?: boolean | undefined;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly sessionToken?: string | undefined;
  /** Blobs that are older are marked as used again. Default: 24 hours. */
  readonly touchRefreshMs?: number | undefined;
  /** Blobs that are uploaded at the same time. Default 4. */
  readonly uploadParallelism?: number | undefined;
  /** For services that alter requests with an Accept-Encoding header, as Google's does. */
  readonly disableAcceptEncoding?: boolean | undefined;
  readonly retryMode?: "standard" | "adaptive" | undefined;
  readonly retryMaxAttempts?: number | undefined;
}

export interface S3CacheExport extends S3CacheImport, CacheExportBase {}

const IMPORT_ATTRS: AttrTable<Omit<S3CacheImport, "type" | "attrs">> = {
  bucket: text("bucket"),
  region: text("region"),
  prefix: text("prefix"),
  blobsPrefix: text("blobs_prefix"),
  manifestsPrefix: text("manifests_prefix"),
  name: list("name", ";"),
  endpointUrl: text("endpoint_url"),
  usePathStyle: bool("use_path_style"),
  accessKeyId: secret("access_key_id"),
  secretAccessKey: secret("secret_access_key"),
  sessionToken: secret("session_token"),
  touchRefreshMs: milliseconds("touch_refresh"),
  uploadParallelism: integer("upload_parallelism"),
  disableAcceptEncoding: bool("disable_accept_encoding"),
  retryMode: oneOf("retry_mode", ["standard", "adaptive"]),
  retryMaxAttempts: integer("retry_max_attempts"),
};

const EXPORT_ATTRS: AttrTable<Omit<S3CacheExport, "type" | "attrs">> = {
  ...IMPORT_ATTRS,
  ...CACHE_EXPORT_ATTRS,
};

export function resolveS3CacheImport(options: S3CacheImport, { option, env }: CacheContext): ResolvedCache {
  const attrs = resolveAttrs(option, options, { what: "An s3 cache to read", table: IMPORT_ATTRS });
  return { type: "s3", attrs: withCredentials(option, attrs, env) };
}

export function resolveS3CacheExport(options: S3CacheExport, { option, env }: CacheContext): ResolvedCache {
  const attrs = resolveAttrs(option, options, { what: "An s3 cache to write", table: EXPORT_ATTRS });
  return { type: "s3", attrs: withCredentials(option, attrs, env) };
}

function withCredentials(option: string, given: WrittenAttrs, env: Environment): WrittenAttrs {
  const id = given["access_key_id"];
  const key = given["secret_access_key"];
  if ((id === undefined) !== (key === undefined)) {
    const absent = id === undefined ? "accessKeyId" : "secretAccessKey";
    throw invalidOption(`${option}.${absent}`, `${option} needs both accessKeyId and secretAccessKey`);
  }
  const ownId = env["AWS_ACCESS_KEY_ID"];
  const ownKey = env["AWS_SECRET_ACCESS_KEY"];
  if (id !== undefined || !ownId || !ownKey) return given;
  const token = env["AWS_SESSION_TOKEN"];
  return {
    ...(token && { session_token: token }),
    ...given,
    access_key_id: ownId,
    secret_access_key: ownKey,
  };
}
