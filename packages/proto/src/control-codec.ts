// SPDX-License-Identifier: Apache-2.0
// What every build sends and receives, as plain objects: `SolveRequest.encode(SolveRequest.fromPartial(...)).finish()`,
// `StatusResponse.decode(bytes)`. The same messages as in `@bk/proto/control`, without its descriptors, which take longer
// to load than all else that a short build needs.

export type { Vertex, VertexLog, VertexStatus, VertexWarning } from "./wire/moby/buildkit/v1/control.js";
export {
  type CacheOptions,
  InfoRequest,
  InfoResponse,
  ListWorkersRequest,
  ListWorkersResponse,
  SolveRequest,
  SolveResponse,
  StatusRequest,
  StatusResponse,
} from "./wire/moby/buildkit/v1/control.js";
export { Policy } from "./wire/moby/buildkit/v1/sourcepolicy/policy.js";
export type {
  BuildkitVersion,
  CDIDevice,
  GCPolicy,
  WorkerRecord,
} from "./wire/moby/buildkit/v1/types/worker.js";
export type {
  Definition,
  OpMetadata,
  Platform,
  Range,
  Source,
  SourceInfo,
} from "./wire/pb/ops.js";
