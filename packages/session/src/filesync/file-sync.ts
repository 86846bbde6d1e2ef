// SPDX-License-Identifier: Apache-2.0
import type { Attachable, StreamCall } from "../attachable.js";
import { SessionError } from "../errors.js";
import type { Metadata } from "../metadata.js";
import { fromByteString, toByteString } from "./byte-string.js";
import { sendFiles } from "./send/send-files.js";
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
}

/** Sends directories to the daemon, filtered by the patterns that it asks with. Files are sent as root's. */
export function createFileSync({ dirs }: FileSyncOptions): Attachable {
  const byName = new Map([...dirs].map(([name, source]) => [toByteString(name), source]));
  return { methods: [METHOD], streams: { [METHOD]: (call) => syncDir(call, byName) } };
}

async function syncDir(call: StreamCall, dirs: ReadonlyMap<string, SyncSource>): Promise<void> {
  const name = call.metadata.get(DIR_NAME_HEADER)?.[0] ?? "";
  const source = dirs.get(name);
  // Must match the daemon: it tells a directory of another session from a failure by this status.
  if (!source)
    throw new SessionError(
      "BK_NOT_SHARED",
      `no access allowed to dir ${JSON.stringify(fromByteString(name))}`,
    );
  const { stream, signal } = call;
  await sendFiles({ stream, source, patterns: readPatterns(call.metadata), resetOwner: true, signal });
}

function readPatterns(metadata: Metadata): SyncPatterns {
  return {
    includePatterns: metadata.get(INCLUDE_HEADER),
    excludePatterns: metadata.get(EXCLUDE_HEADER),
    followPaths: metadata.get(FOLLOW_HEADER),
  };
}
