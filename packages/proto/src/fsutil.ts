// SPDX-License-Identifier: Apache-2.0
export * from "./gen/fsutil/types/packet_pb.js";
export * from "./gen/fsutil/types/stat_pb.js";
