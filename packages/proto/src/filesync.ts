// SPDX-License-Identifier: Apache-2.0
export * from "./gen/moby/filesync/v1/auth_pb.js";
export * from "./gen/moby/filesync/v1/filesync_pb.js";
