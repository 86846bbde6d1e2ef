// SPDX-License-Identifier: Apache-2.0
export * from "./gen/moby/buildkit/v1/types/worker_pb.js";
