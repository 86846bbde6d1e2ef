// SPDX-License-Identifier: Apache-2.0
import type { GrpcStatus } from "@bk/transport";

/** A call that the daemon answered with an error. It becomes the cause of what a caller sees. */
export class CallFailure extends Error {
  readonly status: GrpcStatus;

  constructor(status: GrpcStatus) {
    super(status.message);
    this.name = "CallFailure";
    this.status = status;
  }
}
