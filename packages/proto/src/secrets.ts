// SPDX-License-Identifier: Apache-2.0
export * from "./gen/moby/buildkit/secrets/v1/secrets_pb.js";
