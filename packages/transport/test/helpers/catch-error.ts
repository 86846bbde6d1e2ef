// SPDX-License-Identifier: Apache-2.0
import { expect } from "vitest";
import { TransportError } from "../../src/errors.js";

/** The TransportError a promise rejects with; anything else fails the test. */
export async function catchTransportError(promise: Promise<unknown>): Promise<TransportError> {
  const error = await promise.then(
    (value) => expect.fail(`resolved with ${String(value)}`),
    (reason: unknown) => reason,
  );
  if (!TransportError.is(error)) throw error;
  return error;
}
