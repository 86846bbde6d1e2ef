// SPDX-License-Identifier: Apache-2.0
import { type BuildHistoryEvent, BuildHistoryEventType } from "@bk/proto/control";
import type { AbortOptions } from "@bk/transport";
import { streamControl } from "../control/call-control.js";
import type { Daemon } from "../daemon/daemon.js";
import { SolverError } from "../errors.js";
import { readRemoteStatus } from "../failure/remote-status.js";
import { type BuildRecord, toBuildRecord } from "./build-record.js";

/** The gRPC status code. */
const NOT_FOUND = 5;

export interface BuildFilter extends AbortOptions {
  /** Expressions of the daemon, of which a build must match one: `status==error`, `repository~=example`. */
  readonly filter?: readonly string[] | undefined;
  /** Only builds that run now. */
  readonly activeOnly?: boolean | undefined;
}

export interface ListBuildsOptions extends BuildFilter {
  /** At most so many builds, the newest. */
  readonly limit?: number | undefined;
}

/** A change of the history; `record` is the build as it is after it. */
export interface BuildEvent {
  readonly type: "started" | "completed" | "deleted";
  readonly record: BuildRecord;
}

/** The builds that run and that ran, newest first. @throws {TransportError}, {SolverError}; `signal.reason`. */
export async function listBuilds(
  daemon: Daemon,
  options: ListBuildsOptions = {},
): Promise<readonly BuildRecord[]> {
  const builds = new Map<string, BuildRecord>();
  for await (const { type, record } of listen(daemon, { ...options, earlyExit: true })) {
    if (type !== "deleted") builds.set(record.ref, record);
  }
  const newestFirst = [...builds.values()].sort((a, b) => time(b) - time(a));
  return newestFirst.slice(0, options.limit);
}

/** As `listBuilds`, and then every change as it happens, until the loop is left. */
export function followBuilds(
  daemon: Daemon,
  options: BuildFilter = {},
): AsyncGenerator<BuildEvent, void, undefined> {
  return listen(daemon, { ...options, earlyExit: false });
}

/** @throws {SolverError} `BK_BUILD_NOT_FOUND`; {TransportError}; `signal.reason`. */
export async function inspectBuild(
  daemon: Daemon,
  ref: string,
  options: AbortOptions = {},
): Promise<BuildRecord> {
  try {
    for await (const { record } of listen(daemon, { ...options, ref, earlyExit: true })) {
      if (record.ref === ref) return record;
    }
  } catch (error) {
    throw (await isUnknown(error)) ? unknownBuild(daemon, ref, error) : error;
  }
  throw unknownBuild(daemon, ref);
}

/** Must match the daemon: Go's text for what does not exist, without a code of its own. */
async function isUnknown(error: unknown): Promise<boolean> {
  const remote = await readRemoteStatus(SolverError.is(error) ? error.cause : error);
  return remote?.code === NOT_FOUND || remote?.message.endsWith("file does not exist") === true;
}

function unknownBuild({ endpoint }: Daemon, ref: string, cause?: unknown): SolverError {
  return new SolverError(
    "BK_BUILD_NOT_FOUND",
    `The daemon at ${endpoint} knows no build ${JSON.stringify(ref)}: it may have cleaned its history up`,
    { cause },
  );
}

interface ListenOptions extends BuildFilter {
  readonly ref?: string;
  readonly earlyExit: boolean;
}

async function* listen(
  daemon: Daemon,
  { filter = [], activeOnly = false, ref = "", earlyExit, signal }: ListenOptions,
): AsyncGenerator<BuildEvent, void, undefined> {
  // No limit is sent: BuildKit as in Docker 28.5 crashes on one when a build is running.
  const request = { filter: [...filter], activeOnly, ref, earlyExit };
  const events = streamControl(
    daemon,
    "list its builds",
    (control, given) => control.listenBuildHistory(request, given),
    { signal },
  );
  for await (const event of events) {
    const change = toBuildEvent(event);
    if (change) yield change;
  }
}

function toBuildEvent({ type, record }: BuildHistoryEvent): BuildEvent | undefined {
  const name = EVENT_NAMES.get(type);
  return record && name && { type: name, record: toBuildRecord(record) };
}

const EVENT_NAMES: ReadonlyMap<BuildHistoryEventType, BuildEvent["type"]> = new Map([
  [BuildHistoryEventType.STARTED, "started"],
  [BuildHistoryEventType.COMPLETE, "completed"],
  [BuildHistoryEventType.DELETED, "deleted"],
]);

function time({ createdAt }: BuildRecord): number {
  return createdAt?.getTime() ?? 0;
}
