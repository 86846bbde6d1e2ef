// SPDX-License-Identifier: Apache-2.0
export * from "./gen/stack/stack_pb.js";
