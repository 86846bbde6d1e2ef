// SPDX-License-Identifier: Apache-2.0
export * from "./gen/moby/exporter/v1/exporter_pb.js";
