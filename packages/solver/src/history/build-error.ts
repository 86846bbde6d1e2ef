// SPDX-License-Identifier: Apache-2.0
import type { BuildHistoryRecord } from "@bk/proto/control";
import type { Status } from "@bk/proto/rpc";
import type { AbortOptions } from "@bk/transport";
import { callOptions, type Daemon } from "../daemon/daemon.js";
import { EVENT_TYPE } from "./event-type.js";
import { readBlob } from "./read-blob.js";

/** The daemon's limit of a message, and so of the errors that are worth reading back. */
const MAX_ERROR_BYTES = 16 << 20;

/**
 * The record of a completed build in the daemon's history, or nothing when the build still runs or is unknown.
 */
export async function findCompletedBuild(
  daemon: Daemon,
  ref: string,
  options: AbortOptions = {},
): Promise<BuildHistoryRecord | undefined> {
  const control = await daemon.control();
  for await (const event of control.listenBuildHistory({ ref, earlyExit: true }, callOptions(options))) {
    if (event.type === EVENT_TYPE.complete && event.record?.ref === ref) return event.record;
  }
  return undefined;
}

/**
 * The error of a failed build as the daemon's history holds it: the way to an error that did not fit into the headers of
 * the Solve call. Its details are in a blob; without that, it is the record's one line. Nothing when the build succeeded.
 */
export async function readBuildError(
  daemon: Daemon,
  record: BuildHistoryRecord,
  options: AbortOptions = {},
): Promise<Status | undefined> {
  const { error, externalError } = record;
  if (!externalError || externalError.size > MAX_ERROR_BYTES) return error;
  try {
    return (await readStatusBlob(daemon, externalError.digest, options)) ?? error;
  } catch (failure) {
    if (error) return error;
    throw failure;
  }
}

async function readStatusBlob(
  daemon: Daemon,
  digest: string,
  options: AbortOptions,
): Promise<Status | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of readBlob(daemon, digest, options)) {
    length += part.length;
    if (length > MAX_ERROR_BYTES) return undefined;
    parts.push(part);
  }
  const [{ fromBinary }, { StatusSchema }] = await Promise.all([
    import("@bufbuild/protobuf"),
    import("@bk/proto/rpc"),
  ]);
  return fromBinary(StatusSchema, Buffer.concat(parts, length));
}
