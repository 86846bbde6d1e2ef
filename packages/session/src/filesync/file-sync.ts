// SPDX-License-Identifier: Apache-2.0
import type { Attachable, StreamCall } from "../attachable.js";
import { SessionError } from "../errors.js";
import type { Metadata } from "../metadata.js";
import { fromByteString, toByteString } from "./byte-string.js";
import { toPlainText } from "./plain-text.js";
import { type SendOptions, sendFiles } from "./send/send-files.js";
import type { SendProgress } from "./send/send-progress.js";
import type { SyncPatterns, SyncSource } from "./source/source.js";

const METHOD = "/moby.filesync.v1.FileSync/DiffCopy";

/** Must match the daemon: session/filesync of moby/buildkit. */
const DIR_NAME_HEADER = "dir-name";
const INCLUDE_HEADER = "include-patterns";
const EXCLUDE_HEADER = "exclude-patterns";
const FOLLOW_HEADER = "followpaths";

export interface FileSyncOptions {
  /** What the daemon may read, by the name that it asks for. */
  readonly dirs: ReadonlyMap<string, SyncSource>;
  /** What to do about an entry that this process may not read; see `SendOptions.onUnreadable`. Default `error`. */
  readonly onUnreadable?: SendOptions["onUnreadable"];
  /**
   * Called every 100 ms while a directory is sent, and once more at its end. What it throws fails the transfer.
   * The daemon may ask for a directory more than once: for the ignore file in it first, and for the rest later.
   */
  readonly onProgress?: ((progress: SyncProgress) => void) | undefined;
}

/** How far the transfer of one directory is. */
export interface SyncProgress extends SendProgress {
  /** The name under which the directory is shared, for example `context`. */
  readonly dir: string;
}

/**
 * Sends directories to the daemon, filtered by the patterns that it asks with. Files are sent as root's. A call
 * fails as `sendFiles` does, with what the daemon did wrong said in plain English.
 */
export function createFileSync(options: FileSyncOptions): Attachable {
  const dirs = new Map([...options.dirs].map(([name, source]) => [toByteString(name), source]));
  return { methods: [METHOD], streams: { [METHOD]: (call) => syncDir(call, { ...options, dirs }) } };
}

async function syncDir(call: StreamCall, options: FileSyncOptions): Promise<void> {
  const { stream, metadata, signal } = call;
  const { onUnreadable, onProgress } = options;
  const name = metadata.get(DIR_NAME_HEADER)?.[0] ?? "";
  const dir = fromByteString(name);
  const source = options.dirs.get(name);
  // Must match the daemon: it tells a directory of another session from a failure by this status.
  if (!source) throw new SessionError("BK_NOT_SHARED", `no access allowed to dir ${JSON.stringify(dir)}`);
  try {
    await sendFiles({
      stream,
      source,
      patterns: readPatterns(metadata),
      resetOwner: true,
      onUnreadable,
      onProgress: onProgress && ((progress) => onProgress({ dir, ...progress })),
      signal,
    });
  } catch (error) {
    throw explainFailure(error, dir);
  }
}

/** Says what the daemon did in words of our own: what `sendFiles` fails with then is the reference's text. */
function explainFailure(error: unknown, dir: string): unknown {
  if (!SessionError.is(error) || error.code !== "BK_PROTOCOL") return error;
  return new SessionError("BK_PROTOCOL", describeFailure(error.message, `the directory "${dir}"`), {
    cause: error,
  });
}

function describeFailure(text: string, what: string): string {
  const given = /^error from receiver: (.*)$/s.exec(text)?.[1];
  if (given !== undefined) return `The daemon stopped the transfer of ${what}: ${toPlainText(given)}`;
  if (text === "EOF") return `The daemon ended the transfer of ${what} before it had everything`;
  if (text.startsWith("invalid file id"))
    return `The daemon asked for a file of ${what} that it was not offered, or asked twice: ${text}`;
  return `The transfer of ${what} failed: ${text}`;
}

function readPatterns(metadata: Metadata): SyncPatterns {
  return {
    includePatterns: metadata.get(INCLUDE_HEADER),
    excludePatterns: metadata.get(EXCLUDE_HEADER),
    followPaths: metadata.get(FOLLOW_HEADER),
  };
}
