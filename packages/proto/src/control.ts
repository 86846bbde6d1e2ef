// SPDX-License-Identifier: Apache-2.0
export * from "./gen/moby/buildkit/v1/control_pb.js";
