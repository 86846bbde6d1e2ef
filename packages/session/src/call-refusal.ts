// SPDX-License-Identifier: Apache-2.0
import type { GRPC_STATUS } from "./grpc-response.js";

/**
 * What a byte-tier handler throws to answer a call with a status other than OK that is no failure of the session:
 * the daemon asked for something that is not there, or is there already, and knows how to go on.
 */
export class CallRefusal extends Error {
  readonly status: number;

  constructor(status: (typeof GRPC_STATUS)[keyof typeof GRPC_STATUS], message: string) {
    super(message);
    this.name = "CallRefusal";
    this.status = status;
  }
}
