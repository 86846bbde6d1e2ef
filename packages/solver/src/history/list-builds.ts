// SPDX-License-Identifier: Apache-2.0
import type { BuildHistoryEvent, BuildHistoryEventType } from "@bk/proto/control";
import type { Daemon } from "../daemon/daemon.js";
import { type BuildRecord, toBuildRecord } from "./build-record.js";
import { EVENT_TYPE } from "./event-type.js";
import { type BuildFilter, listenHistory } from "./listen-history.js";

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
  for await (const event of listenHistory(daemon, { ...options, earlyExit: true })) {
    const change = toBuildEvent(event);
    if (change && change.type !== "deleted") builds.set(change.record.ref, change.record);
  }
  const newestFirst = [...builds.values()].sort((a, b) => time(b) - time(a));
  return newestFirst.slice(0, options.limit);
}

/** As `listBuilds`, and then every change as it happens, until the loop is left. */
export async function* followBuilds(
  daemon: Daemon,
  options: BuildFilter = {},
): AsyncGenerator<BuildEvent, void, undefined> {
  for await (const event of listenHistory(daemon, { ...options, earlyExit: false })) {
    const change = toBuildEvent(event);
    if (change) yield change;
  }
}

function toBuildEvent({ type, record }: BuildHistoryEvent): BuildEvent | undefined {
  const name = EVENT_NAMES.get(type);
  return record && name && { type: name, record: toBuildRecord(record) };
}

const EVENT_NAMES: ReadonlyMap<BuildHistoryEventType, BuildEvent["type"]> = new Map([
  [EVENT_TYPE.started, "started"],
  [EVENT_TYPE.complete, "completed"],
  [EVENT_TYPE.deleted, "deleted"],
]);

function time({ createdAt }: BuildRecord): number {
  return createdAt?.getTime() ?? 0;
}
