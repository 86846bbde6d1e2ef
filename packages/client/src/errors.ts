// SPDX-License-Identifier: Apache-2.0

/**
 * Why the client could not do what it was asked.
 *
 * - `BK_NO_DAEMON`: no daemon is configured.
 * - `BK_NOT_READY`: the daemon did not become ready in time; `cause` is why it was not, the last time.
 * - `BK_OPTIONS_INVALID`: an option makes no sense for this client.
 * - `BK_NO_DOCKER`: a standalone build has no Docker to load the image into.
 * - `BK_CLOSED`: the client was closed.
 *
 * Errors of the layers below (TransportError, SessionError, SolverError) pass through as they are.
 */
export type ClientErrorCode =
  | "BK_NO_DAEMON"
  | "BK_NOT_READY"
  | "BK_OPTIONS_INVALID"
  | "BK_NO_DOCKER"
  | "BK_CLOSED";

const brand: symbol = Symbol.for("@bk/client/ClientError");

/** The error of this package. Branch on `code`; `cause` is kept. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;

  constructor(code: ClientErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ClientError";
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is a ClientError of any copy of this package. */
  static is(value: unknown): value is ClientError {
    return value instanceof Error && brand in value;
  }
}
