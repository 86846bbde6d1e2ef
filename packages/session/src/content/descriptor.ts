// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "../errors.js";
import { parseDigest } from "./digest.js";

/** How OCI's documents refer to a blob. Fields that are not known here are kept. */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:…` or `sha512:…`. */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly [field: string]: unknown;
}

/** The contents of an `index.json`. */
export interface StoredIndex {
  readonly manifests: readonly Descriptor[];
  readonly [field: string]: unknown;
}

const EMPTY_INDEX = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json" };

/**
 * Reads an `index.json`; nothing at all is an index without manifests.
 *
 * @throws {SessionError} `BK_STORE_CORRUPT` naming `path`
 */
export function parseIndex(path: string, text: string): StoredIndex {
  if (text.trim() === "") return { ...EMPTY_INDEX, manifests: [] };
  let index: unknown;
  try {
    index = JSON.parse(text);
  } catch (cause) {
    throw corrupt(path, "is no JSON", cause);
  }
  if (!isRecord(index)) throw corrupt(path, "is no index");
  const manifests = index["manifests"] ?? [];
  if (!Array.isArray(manifests)) throw corrupt(path, "has no list of manifests");
  for (const [at, manifest] of manifests.entries()) checkDescriptor(manifest, `Manifest ${at} of ${path}`);
  return { ...EMPTY_INDEX, ...index, manifests };
}

/** @throws {SessionError} `BK_STORE_CORRUPT`; `what` begins the message */
export function checkDescriptor(value: unknown, what: string): asserts value is Descriptor {
  if (!isRecord(value)) throw corrupt(what, "is no object");
  const { digest, size, mediaType, annotations = {} } = value;
  if (typeof digest !== "string" || !parseDigest(digest))
    throw corrupt(what, "has no sha256 or sha512 digest");
  if (!Number.isSafeInteger(size) || (size as number) < 0) throw corrupt(what, "has no size");
  if (typeof mediaType !== "string") throw corrupt(what, "has no media type");
  if (!isRecord(annotations) || Object.values(annotations).some((text) => typeof text !== "string"))
    throw corrupt(what, "has annotations that are no text");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function corrupt(what: string, problem: string, cause?: unknown): SessionError {
  return new SessionError("BK_STORE_CORRUPT", `${what} ${problem}`, { cause });
}
