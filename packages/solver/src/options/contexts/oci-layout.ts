// SPDX-License-Identifier: Apache-2.0
import { isAbsolute, resolve } from "node:path";
import { checkPath } from "../check-option.js";
import { isDigest } from "../reference.js";

/** An image in an OCI layout directory. Without a digest, the tag says which. */
export interface OciLayoutSource {
  /** Absolute. */
  readonly dir: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const PREFIX = "oci-layout://";
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DRIVE = /^[A-Za-z]$/;
const DEFAULT_TAG = "latest";

/**
 * Reads `oci-layout://path[:tag][@digest]` as docker buildx does: what stands behind the last `@` and `:` belongs to
 * the path unless it is a digest or a tag. Without either, `latest` is meant.
 *
 * @returns undefined for a text that does not begin so
 * @throws {SolverError} `BK_OPTIONS_INVALID`
 */
export function parseOciLayout(option: string, text: string): OciLayoutSource | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const [beforeDigest, digest] = splitLast(text.slice(PREFIX.length), "@", isDigest);
  const [path, tag] = splitLast(beforeDigest, ":", (end) => TAG.test(end));
  const dir = resolve(checkPath(option, path));
  return { dir, digest, tag: tag ?? (digest === undefined ? DEFAULT_TAG : undefined) };
}

function splitLast(
  text: string,
  separator: string,
  isPart: (end: string) => boolean,
): readonly [string, string | undefined] {
  const at = text.lastIndexOf(separator);
  const end = text.slice(at + 1);
  // `C:\layout` has no tag.
  const isDrive = separator === ":" && DRIVE.test(text.slice(0, at)) && isAbsolute(text);
  return at < 0 || isDrive || !isPart(end) ? [text, undefined] : [text.slice(0, at), end];
}
