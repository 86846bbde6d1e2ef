// SPDX-License-Identifier: Apache-2.0
export * from "./gen/moby/upload/v1/upload_pb.js";
