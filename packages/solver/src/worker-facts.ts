// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import { listWorkers } from "./control/workers.js";
import type { Daemon } from "./daemon/daemon.js";
import { SolverError } from "./errors.js";
import type { WorkerFacts } from "./options/frontend-attrs.js";
import { needsHostGateway } from "./options/run-options.js";
import type { ResolvedSolveOptions } from "./options/solve-options.js";

/** Must match the daemon: moby/moby names its address so. */
const HOST_GATEWAY = "org.mobyproject.buildkit.worker.moby.host-gateway-ip";
/** Must match the daemon: workers with containerd's snapshots have it, the one of Docker's classic store has not. */
export const SNAPSHOTTER = "org.mobyproject.buildkit.worker.snapshotter";

/**
 * Asks the daemon what the options need to know of it; most need nothing. A daemon that does not answer such questions
 * has nothing to tell.
 *
 * @throws {SolverError}, {TransportError}; `signal.reason`.
 */
export async function readWorkerFacts(
  daemon: Daemon,
  { run, attestations }: Pick<ResolvedSolveOptions, "run" | "attestations">,
  { signal }: AbortOptions,
): Promise<WorkerFacts | undefined> {
  if (!needsHostGateway(run) && !attestations.autoProvenance) return undefined;
  const [worker] = await listWorkers(daemon, { signal }).catch((error: unknown) => {
    if (SolverError.is(error) && error.code === "BK_UNSUPPORTED") return [];
    throw error;
  });
  return {
    storesIndexes: worker?.labels[SNAPSHOTTER] !== undefined,
    hostGateway: worker?.labels[HOST_GATEWAY],
  };
}
