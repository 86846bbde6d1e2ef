// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus, Vertex, VertexLog } from "@bk/solver";

/** One second, in nanoseconds. */
export const SECOND = 1_000_000_000n;

export function status(part: Partial<SolveStatus>): SolveStatus {
  return { vertexes: [], statuses: [], logs: [], warnings: [], ...part };
}

/** A step that has started a second after 1970 began. */
export function vertex(part: Partial<Vertex> = {}): Vertex {
  return {
    digest: "a",
    inputs: [],
    name: "[1/2] RUN make",
    cached: false,
    startedNs: SECOND,
    completedNs: undefined,
    error: undefined,
    progressGroup: undefined,
    ...part,
  };
}

/** Output of step `a` in its second second. */
export function log(text: string): VertexLog {
  return { vertex: "a", stream: 1, data: Buffer.from(text), timestampNs: 2n * SECOND };
}
