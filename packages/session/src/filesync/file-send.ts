// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import { maxMessageBytes, raceAbort } from "@bk/transport";
import type { Attachable, StreamCall } from "../attachable.js";
import { decodeBytesMessage } from "../bytes-message.js";
import { SessionError } from "../errors.js";
import { readMessages } from "../message-stream.js";
import type { Metadata } from "../metadata.js";
import { toPlainText } from "./plain-text.js";
import { type ReceiveSummary, receiveFiles } from "./receive/receive-files.js";
import type { Target } from "./receive/target.js";

const METHOD = "/moby.filesync.v1.FileSend/DiffCopy";

/** Must match the daemon: session/filesync of moby/buildkit. */
const EXPORTER_ID_HEADER = "buildkit-attachable-exporter-id";
const EXPORTER_METADATA_PREFIX = "exporter-md-";
const MULTI_PLATFORM_HEADER = "buildkit-exporter-multi-platform";

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

/** Where the files of one export go. */
export interface DirectoryExport {
  /**
   * Called once for each transfer; older daemons make one for each platform, all into one directory.
   * The target must not have touched anything before its `begin()`.
   */
  readonly openDirectory: (
    metadata: Readonly<Record<string, string>>,
    options: { readonly signal: AbortSignal },
  ) => Target | Promise<Target>;
  /** Told of each transfer that has succeeded. */
  readonly onReceived?: ((summary: ReceiveSummary) => void) | undefined;
}

/**
 * Receives exports by the exporter's index in the solve: one stream of bytes (docker, oci and tar), or the files
 * of a directory (local).
 */
export function createFileSend(targets: ReadonlyMap<number, OpenExport | DirectoryExport>): Attachable {
  return { methods: [METHOD], streams: { [METHOD]: (call) => receiveExport(call, targets) } };
}

async function receiveExport(
  call: StreamCall,
  targets: ReadonlyMap<number, OpenExport | DirectoryExport>,
): Promise<void> {
  const id = readExporterId(call.metadata);
  const target = targets.get(id);
  if (!target)
    throw new SessionError(
      "BK_NOT_SHARED",
      `The daemon sent the result of exporter ${id}, which is not expected`,
    );
  if (typeof target === "function") await receiveStream(call, target);
  else await receiveDirectory(call, target);
}

async function receiveDirectory(
  call: StreamCall,
  { openDirectory, onReceived }: DirectoryExport,
): Promise<void> {
  const { stream, metadata, signal } = call;
  const target = await openDirectory(readExporterMetadata(metadata), { signal });
  if (target.deletes && !metadata.get(MULTI_PLATFORM_HEADER)?.includes("1")) throw mirrorsOnePlatform();
  const summary = await receiveFiles({ stream, target, signal }).catch((error: unknown) => {
    throw SessionError.is(error) && error.code === "BK_PROTOCOL" ? exportRefused(error) : error;
  });
  onReceived?.(summary);
}

/** The daemon has been told in the words that it expects; this is for whoever waits for the export. */
function exportRefused(cause: SessionError): SessionError {
  const message = `The transfer of the exported directory from the daemon failed: ${toPlainText(cause.message)}`;
  return new SessionError("BK_PROTOCOL", message, { cause });
}

/** Such a daemon sends each platform on its own, and each would remove what the one before brought. */
function mirrorsOnePlatform(): SessionError {
  return new SessionError(
    "BK_EXPORT_FAILED",
    "local exporter mode=delete requires a BuildKit daemon with multi-platform local export support",
  );
}

async function receiveStream(call: StreamCall, open: OpenExport): Promise<void> {
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
        if (!target.write(decodeBytesMessage(message))) stream.pause();
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
