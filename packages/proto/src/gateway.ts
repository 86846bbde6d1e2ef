// SPDX-License-Identifier: Apache-2.0
export * from "./gen/moby/buildkit/v1/frontend/gateway_pb.js";
