// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { AbortOptions } from "@bk/transport";
import { SessionError } from "../errors.js";
import { checkDescriptor, type Descriptor, parseIndex, type StoredIndex } from "./descriptor.js";
import { parseDigest } from "./digest.js";
import { withIndexLock } from "./index-lock.js";
import { cannotRead, isMissing, replaceFile, statBlob } from "./store-files.js";

export const INDEX_FILE = "index.json";
const LAYOUT_FILE = "oci-layout";
const LAYOUT = '{"imageLayoutVersion":"1.0.0"}';
/** An index with a hundred thousand tags fits. */
const MAX_INDEX_BYTES = 8 << 20;

/** Must match BuildKit's own client: client/ociindex of moby/buildkit. */
const IMAGE_NAME = "io.containerd.image.name";
const REF_NAME = "org.opencontainers.image.ref.name";

/** How a manifest is found in an index: by a tag alone, or by an image's full name, whose tag it has too. */
export type ManifestName = { readonly tag: string } | { readonly image: string };

/**
 * The manifest that an OCI layout directory has under a tag or a full image name; undefined when it has none.
 *
 * @throws {SessionError} `BK_STORE_FAILED` when there is no index; `BK_STORE_CORRUPT` when it is malformed, or over
 * 8 MiB
 */
export async function findManifest(dir: string, name: string): Promise<Descriptor | undefined> {
  const { manifests } = await readIndex(dir);
  const find = (annotation: string) =>
    manifests.find(({ annotations }) => annotations?.[annotation] === name);
  return find(IMAGE_NAME) ?? find(REF_NAME);
}

/** @throws {SessionError} `BK_STORE_FAILED` when there is none; `BK_STORE_CORRUPT` */
export async function readIndex(dir: string): Promise<StoredIndex> {
  const path = join(dir, INDEX_FILE);
  const text = await readText(path);
  if (text === undefined) throw new SessionError("BK_STORE_FAILED", `There is no ${path}`);
  return parseIndex(path, text);
}

/**
 * Puts a manifest whose blob is in the directory into its index, under each of the names (at least one), which
 * any other manifest loses. Readers see the index as it was or as it is after that; a broken one stays as it is.
 *
 * @throws {SessionError} `BK_STORE_LOCKED` when another program keeps the index locked; `BK_STORE_CORRUPT` when the
 * index is malformed or the blob is not there; `BK_STORE_FAILED`; `signal.reason`
 */
export async function putManifest(
  dir: string,
  manifest: Descriptor,
  names: readonly ManifestName[],
  options: AbortOptions = {},
): Promise<void> {
  const path = join(dir, INDEX_FILE);
  checkDescriptor(manifest, "The daemon's description of the manifest");
  await requireBlob(dir, manifest);
  const temporary = (file: string) => join(dir, `.${file}.${randomBytes(8).toString("hex")}`);
  await withIndexLock(
    path,
    async () => {
      const text = await readText(path);
      const index = addManifest(parseIndex(path, text ?? ""), manifest, names);
      if ((await readText(join(dir, LAYOUT_FILE))) === undefined)
        await replaceFile(join(dir, LAYOUT_FILE), temporary(LAYOUT_FILE), LAYOUT);
      await replaceFile(path, temporary(INDEX_FILE), encodeIndex(path, index));
    },
    options,
  );
}

/** An index that names what is not there would look whole and be of no use. */
async function requireBlob(dir: string, { digest, size }: Descriptor): Promise<void> {
  const parsed = parseDigest(digest);
  const found = parsed && (await statBlob(dir, parsed));
  if (found?.size === size) return;
  const problem = found ? `has ${found.size} bytes of it, not ${size}` : "does not have it";
  throw new SessionError("BK_STORE_CORRUPT", `The manifest is ${digest}, but ${dir} ${problem}`);
}

/** Undefined when there is none. */
async function readText(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { size } = await file.stat();
    if (size > MAX_INDEX_BYTES) throw tooLarge(path, size);
    const buffer = Buffer.alloc(size);
    const { bytesRead } = await file.read(buffer, 0, size, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw SessionError.is(cause) ? cause : cannotRead(path, cause);
  }
}

function encodeIndex(path: string, index: StoredIndex): string {
  const text = JSON.stringify(index);
  const size = Buffer.byteLength(text);
  if (size > MAX_INDEX_BYTES) throw tooLarge(path, size);
  return text;
}

function tooLarge(path: string, size: number): SessionError {
  return new SessionError("BK_STORE_CORRUPT", `${path} has ${size} bytes; ${MAX_INDEX_BYTES} are allowed`);
}

function addManifest(index: StoredIndex, manifest: Descriptor, names: readonly ManifestName[]): StoredIndex {
  let { manifests } = index;
  for (const name of names) {
    const named = nameManifest(manifest, name);
    const isSame = ({ annotations }: Descriptor) =>
      [IMAGE_NAME, REF_NAME].every((key) => annotations?.[key] === named.annotations?.[key]);
    manifests = [...manifests.filter((entry) => !isSame(entry)), named];
  }
  return { ...index, manifests };
}

function nameManifest(manifest: Descriptor, name: ManifestName): Descriptor {
  const annotations =
    "tag" in name ? { [REF_NAME]: name.tag } : { [IMAGE_NAME]: name.image, [REF_NAME]: tagOf(name.image) };
  return { ...manifest, annotations: { ...manifest.annotations, ...annotations } };
}

/** `1.2` of `docker.io/library/app:1.2`. */
function tagOf(image: string): string {
  const last = image.slice(image.lastIndexOf("/") + 1);
  const colon = last.indexOf(":");
  return colon < 0 ? image : last.slice(colon + 1);
}
