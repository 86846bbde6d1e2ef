// SPDX-License-Identifier: Apache-2.0
export * from "./gen/moby/buildkit/v1/sourcepolicy/policysession/policysession_pb.js";
