// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import { maxMessageBytes, raceAbort } from "@bk/transport";
import type { Attachable, StreamCall } from "../attachable.js";
import { decodeBytesMessage } from "../bytes-message.js";
import { SessionError } from "../errors.js";
import { readMessages } from "../message-stream.js";
import type { Metadata } from "../metadata.js";

const METHOD = "/moby.filesync.v1.FileSend/DiffCopy";

/** Must match the daemon: session/filesync of moby/buildkit. */
const EXPORTER_ID_HEADER = "buildkit-attachable-exporter-id";
const EXPORTER_METADATA_PREFIX = "exporter-md-";

/** Where the bytes of one export go. */
export interface ExportTarget {
  /** Is ended when the export is complete, and destroyed with the error when it is not. */
  readonly body: Writable;
  /** Resolves once the whole export is in its place, after `body` was ended; rejects when that cannot be. */
  readonly done: Promise<void>;
}

/** Opens the target of an export. `metadata` is what the exporter says of it, for example the image's digest. */
export type OpenExport = (
  metadata: Readonly<Record<string, string>>,
  options: { readonly signal: AbortSignal },
) => ExportTarget | Promise<ExportTarget>;

/** Receives exports that are one stream of bytes (docker, oci and tar), by the exporter's index in the solve. */
export function createFileSend(targets: ReadonlyMap<number, OpenExport>): Attachable {
  return { methods: [METHOD], streams: { [METHOD]: (call) => receiveExport(call, targets) } };
}

async function receiveExport(call: StreamCall, targets: ReadonlyMap<number, OpenExport>): Promise<void> {
  const id = readExporterId(call.metadata);
  const open = targets.get(id);
  if (!open)
    throw new SessionError(
      "BK_NOT_SHARED",
      `The daemon sent the result of exporter ${id}, which is not expected`,
    );
  const { body, done } = await open(readExporterMetadata(call.metadata), { signal: call.signal });
  body.on("error", () => {}); // `done` tells of it
  try {
    // A target may fail, or answer, before it has all bytes.
    await Promise.race([copy(call, body), done.then(endedEarly)]);
    body.end();
    await raceAbort(done, call.signal);
  } catch (error) {
    body.destroy(error instanceof Error ? error : undefined);
    done.catch(() => {}); // the error that came first is the one to report
    throw error;
  }
}

function endedEarly(): never {
  throw new SessionError("BK_EXPORT_FAILED", "The target of the export was done before it had all bytes");
}

async function copy(call: StreamCall, target: Writable): Promise<void> {
  const { stream, signal } = call;
  const resume = () => stream.resume();
  target.on("drain", resume);
  try {
    await readMessages(stream, {
      maxBytes: maxMessageBytes,
      signal,
      onMessage(message) {
        // The frame's bytes are only lent: the Writable may hold them for as long as it likes.
        if (!target.write(Buffer.from(decodeBytesMessage(message)))) stream.pause();
      },
    });
  } finally {
    target.off("drain", resume);
  }
}

function readExporterId(metadata: Metadata): number {
  const id = Number.parseInt(metadata.get(EXPORTER_ID_HEADER)?.[0] ?? "0", 10);
  return Number.isSafeInteger(id) ? id : 0;
}

function readExporterMetadata(metadata: Metadata): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const [key, values] of metadata) {
    if (key.startsWith(EXPORTER_METADATA_PREFIX))
      entries.push([key.slice(EXPORTER_METADATA_PREFIX.length), values.join(",")]);
  }
  return Object.fromEntries(entries);
}
