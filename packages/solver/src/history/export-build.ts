// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { Readable, type Writable } from "node:stream";
import { createGzip } from "node:zlib";
import type { BuildHistoryRecord, Descriptor } from "@bk/proto/control";
import type { AbortOptions } from "@bk/transport";
import type { Daemon } from "../daemon/daemon.js";
import { SolverError } from "../errors.js";
import { isDigest } from "../options/reference.js";
import { findBuild } from "./inspect-build.js";
import { readBlob } from "./read-blob.js";
import { toRecordJson } from "./record-json.js";

const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
const RECORD_TYPE = "application/vnd.buildkit.historyrecord.v0";
/** Keeps what a result is, while its media type stops tools from looking for what it points to. */
const RESULT_TYPE_ANNOTATION = "vnd.export-build.descriptor.mediatype";

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * A build of the history as a `.dockerbuild` archive, which `docker buildx history import` and Docker Desktop read:
 * a gzipped OCI layout with the record, its log, its error, and its results and attestations. Credentials of caches
 * are left out, and so are the spans, whose texts may hold some.
 *
 * The stream fails with {SolverError} or {TransportError} when the daemon has no such build or is lost.
 *
 * Must match docker buildx: util/desktop/bundle.
 *
 * @throws {SolverError} `BK_BUILD_NOT_FOUND`; {TransportError}; `signal.reason`.
 */
export async function exportBuild(
  daemon: Daemon,
  ref: string,
  options: AbortOptions = {},
): Promise<Readable> {
  const record = await findBuild(daemon, ref, options);
  const { pack } = await import("tar-stream");
  const archive = pack();
  const output = archive.pipe(createGzip());
  archive.on("error", (error) => output.destroy(error));
  output.on("close", () => archive.destroy());
  void writeLayout(archive, daemon, record, options).catch((error: Error) => archive.destroy(error));
  return output;
}

type Pack = ReturnType<typeof import("tar-stream").pack>;

async function writeLayout(archive: Pack, daemon: Daemon, record: BuildHistoryRecord, options: AbortOptions) {
  const config = toJsonBlob(RECORD_TYPE, toRecordJson(record));
  const layers = listBlobs(record);
  const manifest = toJsonBlob(MANIFEST_TYPE, {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: config.blob,
    layers,
  });
  await addFile(archive, "oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const index = { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [manifest.blob] };
  await addFile(archive, "index.json", JSON.stringify(index));
  for (const { blob, text } of [config, manifest]) await addFile(archive, blobPath(blob), text);
  for (const blob of layers) await addBlob(archive, blob, readBlob(daemon, blob.digest, options));
  archive.finalize();
}

function addBlob(archive: Pack, blob: Blob, content: AsyncIterable<Uint8Array>): Promise<void> {
  return new Promise((resolve, reject) => {
    const header = { name: blobPath(blob), size: blob.size, mode: 0o444 };
    const entry = archive.entry(header, (error) => (error ? reject(error) : resolve()));
    const source = Readable.from(content, { objectMode: false }).on("error", reject);
    // It fails with the archive, and then nobody reads the blob to its end.
    entry.on("error", reject).on("close", () => source.destroy());
    source.pipe(entry as unknown as Writable);
  });
}

function listBlobs({ logs, externalError, result, results }: BuildHistoryRecord): readonly Blob[] {
  const made = [...(result ? [result] : []), ...Object.values(results)];
  const blobs = [
    ...(logs ? [toBlob(logs)] : []),
    ...(externalError ? [toBlob(externalError)] : []),
    ...made.flatMap((one) => [
      ...one.attestations.map(toBlob),
      ...Object.values(one.results).map(toResultBlob),
    ]),
  ];
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}

function toResultBlob(descriptor: Descriptor): Blob {
  const annotations = { ...descriptor.annotations, [RESULT_TYPE_ANNOTATION]: descriptor.mediaType };
  return { ...toBlob(descriptor), mediaType: "application/json", annotations };
}

function toBlob({ mediaType, digest, size, annotations }: Descriptor): Blob {
  const known = Object.keys(annotations).length > 0;
  return { mediaType, digest, size: Number(size), ...(known && { annotations: { ...annotations } }) };
}

function toJsonBlob(mediaType: string, value: unknown): { readonly blob: Blob; readonly text: string } {
  const text = JSON.stringify(value, undefined, 2);
  const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
  return { blob: { mediaType, digest, size: Buffer.byteLength(text) }, text };
}

/** @throws {SolverError} `BK_ANSWER_INVALID` for what would be another path. */
function blobPath({ digest }: Blob): string {
  if (!isDigest(digest)) {
    const message = `The daemon's record of the build names a blob ${JSON.stringify(digest.slice(0, 200))}, which is no digest`;
    throw new SolverError("BK_ANSWER_INVALID", message);
  }
  return `blobs/${digest.replace(":", "/")}`;
}

function addFile(archive: Pack, name: string, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    archive.entry({ name, mode: 0o444 }, text, (error) => (error ? reject(error) : resolve()));
  });
}
