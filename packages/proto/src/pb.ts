// SPDX-License-Identifier: Apache-2.0
export * from "./gen/pb/ops_pb.js";
