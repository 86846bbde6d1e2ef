// SPDX-License-Identifier: Apache-2.0

/**
 * What a build is busy with: reading the context, sending it, getting base images, running steps, making the result,
 * sending it to a registry, and into Docker. They may overlap.
 */
export type BuildPhase = "scan" | "transfer" | "pull" | "run" | "export" | "push" | "load";

/** In the order of most builds. */
export const BUILD_PHASES: readonly BuildPhase[] = [
  "scan",
  "transfer",
  "pull",
  "run",
  "export",
  "push",
  "load",
];

/**
 * The phase that a step belongs to, by its name; undefined for what only prepares the build.
 *
 * Must match the daemon: the names in moby/buildkit, frontend/dockerfile, exporter and client/llb.
 */
export function phaseOfVertex(name: string): BuildPhase | undefined {
  if (/^\[(?:internal|context [^\]]*)\] load (?:build context|from client)/.test(name)) return "transfer";
  if (name.startsWith("[internal]") || /^(?:importing|resolving) /.test(name)) return undefined;
  if (name.startsWith("exporting ")) return "export";
  if (/^(?:\[[^\]]*\] FROM |docker-image:\/\/|oci-layout:\/\/)/.test(name)) return "pull";
  return "run";
}

/** The phase of a transfer within an export, where that is one of its own. `loads`: the result goes into a Docker. */
export function phaseOfTransfer(id: string, loads: boolean): "push" | "load" | undefined {
  if (id.startsWith("pushing ")) return "push";
  return loads && id === "sending tarball" ? "load" : undefined;
}
