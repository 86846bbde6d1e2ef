// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import { listWorkers, type Worker } from "./control/workers.js";
import type { Daemon } from "./daemon/daemon.js";
import { SolverError } from "./errors.js";
import type { ExportOptions } from "./options/export-options.js";
import { invalidOption } from "./options/invalid-option.js";
import type { SolveOptions } from "./options/solve-options.js";
import { SNAPSHOTTER } from "./worker-facts.js";

/**
 * Docker's classic image store knows one platform and one exporter, which passes over a push and attestations without a
 * word. Builds that want more of Docker's own BuildKit are refused, as docker buildx does it; for others nothing is asked.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`; {TransportError}; `signal.reason`.
 */
export async function refuseForClassicStore(
  daemon: Daemon,
  options: ConcernedOptions,
  { signal }: AbortOptions = {},
): Promise<void> {
  const wish = findWish(options);
  if (wish === undefined) return;
  const workers = await listWorkers(daemon, { signal }).catch((error: unknown): readonly Worker[] => {
    if (SolverError.is(error) && error.code === "BK_UNSUPPORTED") return [];
    throw error;
  });
  if (workers.length === 0 || workers.some(({ labels }) => labels[SNAPSHOTTER] !== undefined)) return;
  const remedy = "Let it use the containerd image store, or build with a BuildKit daemon of its own";
  throw invalidOption(wish.option, `Docker with its classic image store cannot ${wish.what}. ${remedy}`);
}

type ConcernedOptions = Pick<SolveOptions, "attestations" | "exports" | "cacheTo" | "platform">;

interface Wish {
  readonly option: string;
  readonly what: string;
}

function findWish({
  attestations = {},
  exports = [],
  cacheTo = [],
  platform = [],
}: ConcernedOptions): Wish | undefined {
  for (const [index, entry] of exports.entries()) {
    const what = describeWish(entry);
    if (what !== undefined) return { option: `exports[${index}]`, what };
  }
  const cache = cacheTo.findIndex(({ type }) => type !== "inline");
  if (cache >= 0) return { option: `cacheTo[${cache}]`, what: "write a cache" };
  const { sbom = false, provenance = false } = attestations;
  if (sbom !== false || (provenance !== false && provenance !== "auto"))
    return { option: "attestations", what: "keep attestations" };
  const isSeveral = typeof platform !== "string" && platform.length > 1;
  return isSeveral ? { option: "platform", what: "build for several platforms" } : undefined;
}

function describeWish(entry: ExportOptions): string | undefined {
  switch (entry.type) {
    case "oci":
    case "docker":
      return `export an image as ${entry.type}`;
    case "moby":
      return entry.push === true || entry.attrs?.["push"] !== undefined ? "push" : undefined;
    case "image":
    case "registry":
      return "push by digest";
    case "local":
    case "tar":
      return undefined;
  }
}
