// SPDX-License-Identifier: Apache-2.0
export * from "./gen/containerd/services/content/v1/content_pb.js";
