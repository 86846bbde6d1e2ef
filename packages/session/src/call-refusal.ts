// SPDX-License-Identifier: Apache-2.0
import type { grpcCode } from "@bk/transport";

/**
 * What a byte-tier handler throws to answer a call with a status other than OK that is no failure of the session:
 * the daemon asked for something that is not there, or is there already, and knows how to go on.
 */
export class CallRefusal extends Error {
  readonly status: number;

  constructor(status: (typeof grpcCode)[keyof typeof grpcCode], message: string) {
    super(message);
    this.name = "CallRefusal";
    this.status = status;
  }
}
