// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus, Vertex, VertexLog, VertexStatus, VertexWarning } from "@bk/solver";
import fc from "fast-check";

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

/** Output of a step in the second second. */
export function log(text: string, digest = "a"): VertexLog {
  return { vertex: digest, stream: 1, data: Buffer.from(text), timestampNs: 2n * SECOND };
}

/** Of step `a`: 1 kB of 10 kB. */
export function transfer(part: Partial<VertexStatus> = {}): VertexStatus {
  return {
    vertex: "a",
    id: "layer",
    name: "",
    current: 1000,
    total: 10_000,
    timestampNs: 2n * SECOND,
    startedNs: SECOND,
    completedNs: undefined,
    ...part,
  };
}

/** About step `a`, without a place. */
export function warning(part: Partial<VertexWarning> = {}): VertexWarning {
  return {
    vertex: "a",
    level: 1,
    short: "old",
    detail: [],
    url: undefined,
    source: undefined,
    sourceInfo: undefined,
    ranges: [],
    ...part,
  };
}

const time = fc.option(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), { nil: undefined });
const name = fc.constantFrom("a", "b", "c", "");
const count = fc.oneof(fc.integer(), fc.constantFrom(-1, 2 ** 63, Number.MAX_VALUE, 0));
/** Anything that may be made of what a daemon sends. */
export function anyStatus(): fc.Arbitrary<SolveStatus> {
  return fc.record({
    vertexes: fc.array(
      fc.record({
        digest: name,
        inputs: fc.array(name),
        name: fc.uint16Array().map((units) => String.fromCharCode(...units)),
        cached: fc.boolean(),
        startedNs: time,
        completedNs: time,
        error: fc.option(fc.string(), { nil: undefined }),
        progressGroup: fc.option(fc.record({ id: name, name: fc.string(), weak: fc.boolean() }), {
          nil: undefined,
        }),
      }),
    ),
    statuses: fc.array(
      fc.record({
        ...{ id: name, vertex: name, name, current: count, total: count },
        ...{ timestampNs: time, startedNs: time, completedNs: time },
      }),
    ),
    logs: fc.array(fc.record({ vertex: name, stream: count, data: fc.uint8Array(), timestampNs: time })),
    warnings: fc.array(
      fc.record({
        ...{ vertex: name, level: count, short: fc.string(), detail: fc.array(fc.string()) },
        ...{ url: fc.option(fc.string(), { nil: undefined }), source: fc.constant(undefined) },
        ...{ sourceInfo: fc.constant(undefined), ranges: fc.constant([]) },
      }),
    ),
  });
}
