// SPDX-License-Identifier: Apache-2.0
import { type BuildkitVersion, InfoRequest, InfoResponse } from "@bk/proto/control-codec";
import type { AbortOptions } from "@bk/transport";
import type { Daemon } from "../daemon/daemon.js";
import { explained } from "./call-control.js";
import { callDirectly } from "./direct-call.js";

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
  const { buildkitVersion } = await explained(daemon, "say which version it is", options, () =>
    callInfo(daemon, options),
  );
  return toDaemonInfo(buildkitVersion);
}

/** @throws as `callDirectly` */
export function callInfo(daemon: Daemon, options: AbortOptions): Promise<InfoResponse> {
  const request = InfoRequest.encode({}).finish();
  return callDirectly(daemon, { method: "Info", request, answer: InfoResponse }, options);
}

export function toDaemonInfo(version: BuildkitVersion | undefined): DaemonInfo {
  return {
    package: version?.package ?? "",
    version: version?.version ?? "",
    revision: version?.revision ?? "",
    dockerfileVersion: version?.dockerfileVersion || undefined,
  };
}
