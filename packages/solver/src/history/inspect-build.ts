// SPDX-License-Identifier: Apache-2.0
import type { BuildHistoryRecord } from "@bk/proto/control";
import type { AbortOptions } from "@bk/transport";
import { grpcCode } from "@bk/transport";
import type { Daemon } from "../daemon/daemon.js";
import { SolverError } from "../errors.js";
import { readRemoteStatus } from "../failure/remote-status.js";
import { type BuildRecord, toBuildRecord } from "./build-record.js";
import { listenHistory } from "./listen-history.js";

/** @throws {SolverError} `BK_BUILD_NOT_FOUND`; {TransportError}; `signal.reason`. */
export async function inspectBuild(
  daemon: Daemon,
  ref: string,
  options: AbortOptions = {},
): Promise<BuildRecord> {
  return toBuildRecord(await findBuild(daemon, ref, options));
}

/** As `inspectBuild`, in the daemon's own form. */
export async function findBuild(
  daemon: Daemon,
  ref: string,
  { signal }: AbortOptions = {},
): Promise<BuildHistoryRecord> {
  try {
    for await (const { record } of listenHistory(daemon, { ref, earlyExit: true, signal })) {
      if (record?.ref === ref) return record;
    }
  } catch (error) {
    throw (await isUnknown(error)) ? unknownBuild(daemon, ref, error) : error;
  }
  throw unknownBuild(daemon, ref);
}

/** Must match the daemon: Go's text for what does not exist, without a code of its own. */
async function isUnknown(error: unknown): Promise<boolean> {
  const remote = await readRemoteStatus(SolverError.is(error) ? error.cause : error);
  return remote?.code === grpcCode.notFound || remote?.message.endsWith("file does not exist") === true;
}

function unknownBuild({ endpoint }: Daemon, ref: string, cause?: unknown): SolverError {
  return new SolverError(
    "BK_BUILD_NOT_FOUND",
    `The daemon at ${endpoint} knows no build ${JSON.stringify(ref)}: it may have cleaned its history up`,
    { cause },
  );
}
