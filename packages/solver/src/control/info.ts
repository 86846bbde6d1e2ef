// SPDX-License-Identifier: Apache-2.0
import type { BuildkitVersion } from "@bk/proto/types";
import type { AbortOptions } from "@bk/transport";
import type { Daemon } from "../daemon/daemon.js";
import { callControl } from "./call-control.js";

/** Which BuildKit a daemon is. For people only: distributions report odd versions, Debian's `v0.0.0+unknown`. */
export interface DaemonInfo {
  /** Go package that it was built from. */
  readonly package: string;
  readonly version: string;
  /** Commit. */
  readonly revision: string;
  /** Version of the built-in Dockerfile frontend; undefined when the daemon does not say. */
  readonly dockerfileVersion: string | undefined;
}

/** @throws {TransportError}, {SolverError} `BK_UNSUPPORTED` by daemons before 0.11; `signal.reason`. */
export async function readDaemonInfo(daemon: Daemon, options: AbortOptions = {}): Promise<DaemonInfo> {
  const { buildkitVersion } = await callControl(
    daemon,
    "say which version it is",
    (control, given) => control.info({}, given),
    options,
  );
  return toDaemonInfo(buildkitVersion);
}

export function toDaemonInfo(version: BuildkitVersion | undefined): DaemonInfo {
  return {
    package: version?.package ?? "",
    version: version?.version ?? "",
    revision: version?.revision ?? "",
    dockerfileVersion: version?.dockerfileVersion || undefined,
  };
}
