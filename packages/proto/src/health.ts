// SPDX-License-Identifier: Apache-2.0
export * from "./gen/grpc/health/v1/health_pb.js";
