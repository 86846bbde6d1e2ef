// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus, Vertex, VertexLog } from "../src/status/status-types.js";

/** A status message with only the lists that matter. */
export function status(lists: Partial<SolveStatus>): SolveStatus {
  return { vertexes: [], statuses: [], logs: [], warnings: [], ...lists };
}

/** A step that runs, unless told otherwise. */
export function vertex(fields: Partial<Vertex>): Vertex {
  return {
    digest: "sha256:0",
    inputs: [],
    name: "",
    cached: false,
    startedNs: 1n,
    completedNs: undefined,
    error: undefined,
    progressGroup: undefined,
    ...fields,
  };
}

/** Output of a step. */
export function log(digest: string, text: string): VertexLog {
  return { vertex: digest, stream: 1, data: Buffer.from(text), timestampNs: undefined };
}
