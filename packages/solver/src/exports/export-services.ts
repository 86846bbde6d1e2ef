// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import {
  type Attachable,
  createDiskTarget,
  createFileSend,
  type DirectoryExport,
  type ExportTarget,
  type OpenExport,
  SessionError,
} from "@bk/session";
import type { ExportReceiver, ResolvedExport } from "../options/exports/resolved-export.js";
import { invalidOption } from "../options/invalid-option.js";
import { checkFileTarget, type StagedFile, stageFile } from "./file-target.js";
import { createStreamTargets, type StreamTargets } from "./stream-targets.js";

/** What receives the exports that come over the session. */
interface ExportServices extends AsyncDisposable {
  readonly attachables: readonly Attachable[];
  /**
   * Makes sure, after a build has succeeded, that each export came, and waits until its target is done with it.
   *
   * @throws {SessionError} `BK_EXPORT_FAILED`; what a target failed with.
   */
  checkReceived(): Promise<void>;
  /**
   * Puts the files in their places, in the order of the exports, until one fails.
   *
   * @throws {SessionError} `BK_EXPORT_FAILED`
   */
  placeFiles(): Promise<void>;
  /** Removes the files that were not put in their places. The session must have ended. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes sure that exports can go where they should, without touching anything there.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` for a place that cannot be written to, and a directory that must not be
 * emptied.
 */
export async function createExportServices(exports: readonly ResolvedExport[]): Promise<ExportServices> {
  const files: ExportedFile[] = [];
  const streams = createStreamTargets();
  const missing = new Set<number>();
  const targets = new Map<number, OpenExport | DirectoryExport>();
  for (const [index, { receiver }] of exports.entries()) {
    const target = receiver && (await createTarget(index, receiver, { files, streams }));
    if (target === undefined) continue;
    missing.add(index);
    targets.set(
      index,
      onOpen(target, () => missing.delete(index)),
    );
  }
  return {
    attachables: targets.size > 0 ? [createFileSend(targets)] : [],
    async checkReceived() {
      for (const index of missing) throw notReceived(index);
      await Promise.all(files.map(async ({ opening }) => (await opening).done));
      await streams.waitUntilDone();
    },
    async placeFiles() {
      for (const { opening } of files.toSorted((a, b) => a.index - b.index)) await (await opening).place();
    },
    async [Symbol.asyncDispose]() {
      streams[Symbol.dispose]();
      await Promise.all(files.map(removeFile));
    },
  };
}

/** A file that the daemon has begun to send. */
interface ExportedFile {
  /** The export's. */
  readonly index: number;
  readonly opening: Promise<StagedFile>;
}

async function removeFile({ opening }: ExportedFile): Promise<void> {
  const file = await opening.catch(() => undefined); // nothing was made
  await file?.[Symbol.asyncDispose]();
}

function onOpen(target: OpenExport | DirectoryExport, call: () => void): OpenExport | DirectoryExport {
  if (typeof target === "function") {
    return (metadata, options) => {
      call();
      return target(metadata, options);
    };
  }
  return {
    ...target,
    openDirectory(metadata, options) {
      call();
      return target.openDirectory(metadata, options);
    },
  };
}

function notReceived(index: number): SessionError {
  const reason = index > 0 ? ": it may be older than BuildKit 0.13, which was the first to do several" : "";
  return new SessionError(
    "BK_EXPORT_FAILED",
    `The daemon built, but sent nothing for exports[${index}]${reason}`,
  );
}

async function createTarget(
  index: number,
  receiver: ExportReceiver,
  { files, streams }: { readonly files: ExportedFile[]; readonly streams: StreamTargets },
): Promise<OpenExport | DirectoryExport | undefined> {
  const option = `exports[${index}]`;
  switch (receiver.kind) {
    case "stream":
      return streams.wrap(receiver.open);
    case "writable":
      return () => openWritable(receiver.body);
    case "file":
      await checkFileTarget(`${option}.dest`, receiver.path);
      return () => {
        const opening = stageFile(receiver.path);
        files.push({ index, opening });
        return opening;
      };
    case "directory":
      return createDirectory(option, receiver);
    case "layout":
      return undefined; // comes as content, not as a stream of its own
  }
}

function openWritable(body: Writable): ExportTarget {
  const done = finished(body, { readable: false }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SessionError("BK_EXPORT_FAILED", `Cannot export to the given stream: ${why}`, { cause });
  });
  return { body, done };
}

function createDirectory(
  option: string,
  { target, onReceived }: ExportReceiver & { kind: "directory" },
): DirectoryExport {
  const openDirectory = () => createDiskTarget(target);
  try {
    openDirectory(); // refuses at once, and touches nothing before its begin()
  } catch (error) {
    throw SessionError.is(error) ? invalidOption(`${option}.dest`, error.message, error) : error;
  }
  return { openDirectory, onReceived };
}
