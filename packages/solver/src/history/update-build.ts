// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import { callControl } from "../control/call-control.js";
import type { Daemon } from "../daemon/daemon.js";

/** Removes a build from the history; its image and cache stay. @throws {TransportError}, {SolverError}. */
export async function deleteBuild(daemon: Daemon, ref: string, options: AbortOptions = {}): Promise<void> {
  await update(daemon, { ref, delete: true }, "delete the build", options);
}

/** Keeps a build when the daemon cleans its history up, or no longer. @throws {TransportError}, {SolverError}. */
export async function pinBuild(
  daemon: Daemon,
  ref: string,
  { pinned, signal }: AbortOptions & { readonly pinned: boolean },
): Promise<void> {
  await update(daemon, { ref, pinned }, pinned ? "pin the build" : "unpin the build", { signal });
}

async function update(
  daemon: Daemon,
  request: { readonly ref: string; readonly pinned?: boolean; readonly delete?: boolean },
  what: string,
  options: AbortOptions,
): Promise<void> {
  await callControl(
    daemon,
    `${what} ${JSON.stringify(request.ref)}`,
    (control, given) => control.updateBuildHistory(request, given),
    options,
  );
}
