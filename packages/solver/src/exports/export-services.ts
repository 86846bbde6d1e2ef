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
import { checkFileTarget, openFileTarget } from "./file-target.js";
import { checkSharedPlaces } from "./shared-places.js";

/** What receives the exports that come over the session. */
interface ExportServices extends AsyncDisposable {
  readonly attachables: readonly Attachable[];
  /**
   * Makes sure, after a build has succeeded, that each export came.
   *
   * @throws {SessionError} `BK_EXPORT_FAILED`
   */
  checkReceived(): void;
  /** Waits until no file is half there any more. The session must have ended. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes sure that exports can go where they should, without touching anything there.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` for a place that cannot be written to, a directory that must not be
 * emptied, and two exports to one place.
 */
export async function createExportServices(exports: readonly ResolvedExport[]): Promise<ExportServices> {
  await checkSharedPlaces(exports);
  const opened: Promise<void>[] = [];
  const missing = new Set<number>();
  const targets = new Map<number, OpenExport | DirectoryExport>();
  for (const [index, { receiver }] of exports.entries()) {
    const target = receiver && (await createTarget(`exports[${index}]`, receiver, opened));
    if (target === undefined) continue;
    missing.add(index);
    targets.set(
      index,
      onOpen(target, () => missing.delete(index)),
    );
  }
  return {
    attachables: targets.size > 0 ? [createFileSend(targets)] : [],
    checkReceived() {
      for (const index of missing) throw notReceived(index);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened);
    },
  };
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
  option: string,
  receiver: ExportReceiver,
  opened: Promise<void>[],
): Promise<OpenExport | DirectoryExport | undefined> {
  switch (receiver.kind) {
    case "stream":
      return receiver.open;
    case "writable":
      return () => openWritable(receiver.body);
    case "file":
      await checkFileTarget(`${option}.dest`, receiver.path);
      return () => {
        const opening = openFileTarget(receiver.path);
        // Whoever sends into it hears what it fails with.
        opened.push(opening.then(({ done }) => done).catch(() => {}));
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
