// SPDX-License-Identifier: Apache-2.0
export * from "./gen/google/rpc/status_pb.js";
