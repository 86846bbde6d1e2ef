// SPDX-License-Identifier: Apache-2.0
import { invalidOption, showValue } from "./invalid-option.js";

// Must match the daemon and every registry: the grammar of distribution/reference, with Docker's defaults
// (domain docker.io, path library/, tag latest).

/** The name of an image, with defaults filled in: `alpine` has domain `docker.io` and path `library/alpine`. */
export interface Reference {
  /** Empty where what looks like a host can be none, as in `my_host.io/app`: all is the path then. */
  readonly domain: string;
  readonly path: string;
  readonly tag?: string | undefined;
  /** `sha256:…`, lower case. */
  readonly digest?: string | undefined;
}

const DEFAULT_DOMAIN = "docker.io";
const LEGACY_DEFAULT_DOMAIN = "index.docker.io";
const OFFICIAL_PREFIX = "library/";
const DEFAULT_TAG = "latest";
const MAX_PATH_CHARS = 255;

const DOMAIN_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const DOMAIN = `(?:${DOMAIN_LABEL}(?:\\.${DOMAIN_LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const PATH_COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const TAG = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
const DIGEST = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";

const DOMAIN_ONLY = new RegExp(`^${DOMAIN}$`);
const REMAINDER = new RegExp(`^(${PATH_COMPONENT}(?:/${PATH_COMPONENT})*)(?::(${TAG}))?(?:@(${DIGEST}))?$`);
const IMAGE_ID = /^[a-f0-9]{64}$/;
const DIGEST_HEX_CHARS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/**
 * Parses an image name as `docker pull` and `FROM` do.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`
 */
export function parseReference(text: string): Reference {
  if (IMAGE_ID.test(text))
    throw invalidReference(text, "64 hexadecimal characters are an image ID, not a name");
  const { domain: host, remainder } = splitDomain(text);
  const name = remainder.split(":", 1)[0] ?? "";
  if (name.toLowerCase() !== name) throw invalidReference(text, "the repository name must be lower case");
  const domain = DOMAIN_ONLY.test(host) ? host : "";
  const match = REMAINDER.exec(domain === "" ? text : remainder);
  if (match === null) throw invalidReference(text, "expected [host[:port]/]name[:tag][@digest]");
  const [, path = "", tag, digest] = match;
  if (path.length > MAX_PATH_CHARS) {
    throw invalidReference(
      text,
      `the repository name has ${path.length} characters, at most ${MAX_PATH_CHARS} fit`,
    );
  }
  if (digest !== undefined && !isDigest(digest))
    throw invalidReference(text, `${showValue(digest)} is not a digest`);
  return { domain, path, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/**
 * As {@link parseReference}, for pulling: a digest makes the tag irrelevant, and no tag means `latest`.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`
 */
export function parsePullReference(text: string): Reference {
  const { domain, path, tag, digest } = parseReference(text);
  return digest === undefined ? withDefaultTag({ domain, path, tag }) : { domain, path, digest };
}

/** An image by its digest alone, without a name. */
export interface DigestReference {
  readonly digest: string;
}

/**
 * As {@link parseReference}, but a digest or an image ID (64 hexadecimal characters) stands for itself.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`
 */
export function parseAnyReference(text: string): Reference | DigestReference {
  if (IMAGE_ID.test(text)) return { digest: `sha256:${text}` };
  return isDigest(text) ? { digest: text } : parseReference(text);
}

/** Domain and path: `docker.io/library/alpine`. */
export function referenceName({ domain, path }: Reference): string {
  return domain === "" ? path : `${domain}/${path}`;
}

/** The whole reference, nothing left out: `docker.io/library/alpine:3.19`. */
export function formatReference(reference: Reference): string {
  return referenceName(reference) + formatSuffix(reference);
}

/** The reference as people write it: `alpine:3.19`. */
export function formatFamiliarReference(reference: Reference): string {
  const { domain, path } = reference;
  if (domain !== DEFAULT_DOMAIN) return formatReference(reference);
  const [first, second, ...rest] = path.split("/");
  const official = first === "library" && second !== undefined && rest.length === 0;
  return (official ? second : path) + formatSuffix(reference);
}

/** Adds `latest` to a reference that has neither tag nor digest. */
export function withDefaultTag(reference: Reference): Reference {
  if (reference.tag !== undefined || reference.digest !== undefined) return reference;
  return { ...reference, tag: DEFAULT_TAG };
}

/** Whether `text` is a digest of a known algorithm and the right length, in lower case. */
export function isDigest(text: string): boolean {
  const [algorithm = "", hex = "", ...rest] = text.split(":");
  return rest.length === 0 && DIGEST_HEX_CHARS[algorithm] === hex.length && /^[a-f0-9]+$/.test(hex);
}

function formatSuffix({ tag, digest }: Reference): string {
  return (tag === undefined ? "" : `:${tag}`) + (digest === undefined ? "" : `@${digest}`);
}

/** What stands before the first slash is a host only if it cannot be a user name. */
function splitDomain(text: string): { readonly domain: string; readonly remainder: string } {
  const slash = text.indexOf("/");
  const first = text.slice(0, Math.max(slash, 0));
  const isDomain = first === "localhost" || /[.:]/.test(first) || first.toLowerCase() !== first;
  const domain = !isDomain || first === LEGACY_DEFAULT_DOMAIN ? DEFAULT_DOMAIN : first;
  const remainder = isDomain ? text.slice(slash + 1) : text;
  const official = domain === DEFAULT_DOMAIN && !remainder.includes("/");
  return { domain, remainder: official ? OFFICIAL_PREFIX + remainder : remainder };
}

function invalidReference(text: string, problem: string): Error {
  return invalidOption("reference", `${showValue(text)} is not a valid image name: ${problem}`);
}
