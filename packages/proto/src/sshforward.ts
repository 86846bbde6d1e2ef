// SPDX-License-Identifier: Apache-2.0
export * from "./gen/moby/sshforward/v1/ssh_pb.js";
