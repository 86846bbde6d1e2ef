// SPDX-License-Identifier: Apache-2.0
export * from "./gen/errdefs/errdefs_pb.js";
