// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import type { BuildResult } from "../build-result.js";
import type { Daemon } from "../daemon/daemon.js";
import { type ProvenanceMode, readProvenance } from "./read-provenance.js";
import { isObject, type Json } from "./slsa02.js";

export interface BuildMetadataOptions extends AbortOptions {
  /** Default `min`. */
  readonly provenance?: ProvenanceMode | undefined;
}

/**
 * What `docker buildx build --metadata-file` writes: what the exporters reported, with documents in place of their
 * base64, the build's name in the history, and its provenance.
 *
 * Differs from docker buildx: `buildx.build.ref` is the name alone, since there is no builder to put in front.
 *
 * @throws {TransportError}, {SolverError}; `signal.reason`.
 */
export async function readBuildMetadata(
  daemon: Daemon,
  result: BuildResult,
  { provenance = "min", signal }: BuildMetadataOptions = {},
): Promise<Json> {
  const { ref, exporterResponse } = result;
  const reported = Object.entries(exporterResponse).map(
    ([name, value]) => [name, decode(name, value)] as const,
  );
  const entries = [
    ...reported,
    ["buildx.build.ref", ref] as const,
    ...Object.entries(await readProvenance(daemon, ref, provenance, { signal })),
  ];
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Documents come as JSON in base64, one of them as JSON; all else is text. */
function decode(name: string, value: string): unknown {
  const text = name === "result.json" ? value : Buffer.from(value, "base64").toString("utf8");
  try {
    const document: unknown = JSON.parse(text);
    const isDocument = isObject(document)
      ? Object.keys(document).length > 0
      : Array.isArray(document) && document.length > 0 && document.every(isObject);
    return isDocument ? document : value;
  } catch {
    return value;
  }
}
