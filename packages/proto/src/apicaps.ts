// SPDX-License-Identifier: Apache-2.0
export * from "./gen/moby/buildkit/v1/apicaps/apicaps_pb.js";
