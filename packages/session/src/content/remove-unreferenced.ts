// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { AbortOptions } from "@bk/transport";
import { SessionError } from "../errors.js";
import { checkDescriptor, type Descriptor } from "./descriptor.js";
import { type Digest, formatDigest, parseDigest } from "./digest.js";
import { withIndexLock } from "./index-lock.js";
import { INDEX_FILE, readIndex } from "./layout-index.js";
import { blobPath, cannotRead, cannotWrite, isMissing } from "./store-files.js";

const MAX_MANIFEST_BYTES = 8 << 20;
const MANIFEST_TYPES: ReadonlySet<string> = new Set([
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
]);

/**
 * Removes the blobs of an OCI layout directory that no manifest of its index needs. The index is locked meanwhile. A
 * build that is writing to the directory at the same time may lose what it has not entered yet.
 *
 * @throws {SessionError} `BK_STORE_CORRUPT` for a malformed manifest, before anything is removed; `BK_STORE_LOCKED`,
 * `BK_STORE_FAILED`; `signal.reason`
 */
export async function removeUnreferenced(dir: string, options: AbortOptions = {}): Promise<void> {
  const indexPath = join(dir, INDEX_FILE);
  await withIndexLock(
    indexPath,
    async () => {
      const needed = await collectDigests(dir, (await readIndex(dir)).manifests, options);
      for (const digest of await listBlobs(dir)) {
        options.signal?.throwIfAborted();
        if (!needed.has(formatDigest(digest))) await removeBlob(dir, digest);
      }
    },
    options,
  );
}

async function collectDigests(
  dir: string,
  roots: readonly Descriptor[],
  { signal }: AbortOptions,
): Promise<ReadonlySet<string>> {
  const needed = new Set<string>();
  const left = [...roots];
  for (let next = left.pop(); next; next = left.pop()) {
    signal?.throwIfAborted();
    if (needed.has(next.digest)) continue;
    needed.add(next.digest);
    if (MANIFEST_TYPES.has(next.mediaType)) left.push(...(await readChildren(dir, next.digest)));
  }
  return needed;
}

/** What a manifest or an index consists of; nothing when it is not there. */
async function readChildren(dir: string, digest: string): Promise<readonly Descriptor[]> {
  const parsed = parseDigest(digest);
  const text = parsed && (await readManifest(blobPath(dir, parsed)));
  if (text === undefined) return [];
  let manifest: { config?: unknown; layers?: unknown; manifests?: unknown } | null;
  try {
    manifest = JSON.parse(text);
  } catch (cause) {
    throw new SessionError("BK_STORE_CORRUPT", `The manifest ${digest} in ${dir} is no JSON`, { cause });
  }
  const { config, layers, manifests } = manifest ?? {};
  const children = [...(config ? [config] : []), ...asList(layers), ...asList(manifests)];
  return children.map((child) => {
    checkDescriptor(child, `A part of the manifest ${digest} in ${dir}`);
    return child;
  });
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

async function readManifest(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > MAX_MANIFEST_BYTES)
      throw new SessionError("BK_STORE_CORRUPT", `${path} has ${size} bytes, too many for a manifest`);
    return await readFile(path, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw SessionError.is(cause) ? cause : cannotRead(path, cause);
  }
}

/** Files with other names are somebody else's. */
async function listBlobs(dir: string): Promise<readonly Digest[]> {
  const found: Digest[] = [];
  for (const algorithm of ["sha256", "sha512"]) {
    for (const hex of await listNames(join(dir, "blobs", algorithm))) {
      const digest = parseDigest(`${algorithm}:${hex}`);
      if (digest) found.push(digest);
    }
  }
  return found;
}

async function listNames(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw cannotRead(dir, cause);
  }
}

async function removeBlob(dir: string, digest: Digest): Promise<void> {
  const path = blobPath(dir, digest);
  try {
    await unlink(path);
  } catch (cause) {
    if (!isMissing(cause)) throw cannotWrite(path, cause);
  }
}
