// SPDX-License-Identifier: Apache-2.0

/**
 * Why a session, or something served on it, failed.
 *
 * - `BK_SESSION_REFUSED`: the daemon did not accept the session.
 * - `BK_SESSION_LOST`: the connection that carries the session ended while it was needed.
 * - `BK_SESSION_CLOSED`: the session was used after `close()`.
 * - `BK_PROTOCOL`: the daemon sent something that the protocol does not allow.
 * - `BK_REQUEST_TOO_LARGE`: the daemon named more paths in a request than Node.js can receive.
 * - `BK_NOT_SHARED`: the daemon asked for something that this session does not share.
 * - `BK_CONTEXT_UNREADABLE`: a file or directory of a synced directory cannot be read.
 * - `BK_CONTEXT_CHANGED`: a file changed between its description and its last byte.
 * - `BK_PATTERN_INVALID`: a filter pattern is malformed.
 * - `BK_EXPORT_FAILED`: the target of an export failed.
 * - `BK_CREDENTIALS_FAILED`: credentials could not be looked up.
 * - `BK_TOKEN_REALM_REFUSED`: the daemon wanted credentials sent to a token server that is not the registry's.
 * - `BK_TOKEN_FAILED`: a token server gave no token.
 * - `BK_SECRET_FAILED`: a declared secret cannot be had: no such file or variable, too large, a failed callback.
 * - `BK_SSH_FAILED`: an SSH agent cannot be reached, or a key file cannot be used.
 * - `BK_UPLOAD_FAILED`: a stream that the daemon reads from failed.
 * - `BK_STORE_FAILED`: an OCI layout directory cannot be read or written.
 * - `BK_STORE_CORRUPT`: an OCI layout directory does not hold what its files say.
 * - `BK_STORE_LOCKED`: another program keeps the index of an OCI layout directory locked.
 * - `BK_DIGEST_MISMATCH`: the daemon sent a blob that has not the digest or the size that it named.
 */
export type SessionErrorCode =
  | "BK_SESSION_REFUSED"
  | "BK_SESSION_LOST"
  | "BK_SESSION_CLOSED"
  | "BK_PROTOCOL"
  | "BK_REQUEST_TOO_LARGE"
  | "BK_NOT_SHARED"
  | "BK_CONTEXT_UNREADABLE"
  | "BK_CONTEXT_CHANGED"
  | "BK_PATTERN_INVALID"
  | "BK_EXPORT_FAILED"
  | "BK_CREDENTIALS_FAILED"
  | "BK_TOKEN_REALM_REFUSED"
  | "BK_TOKEN_FAILED"
  | "BK_SECRET_FAILED"
  | "BK_SSH_FAILED"
  | "BK_UPLOAD_FAILED"
  | "BK_STORE_FAILED"
  | "BK_STORE_CORRUPT"
  | "BK_STORE_LOCKED"
  | "BK_DIGEST_MISMATCH";

const brand: symbol = Symbol.for("@bk/session/SessionError");

/** The error of this package. Branch on `code`; `cause` is kept. */
export class SessionError extends Error {
  readonly code: SessionErrorCode;

  constructor(code: SessionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SessionError";
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is a SessionError of any copy of this package. */
  static is(value: unknown): value is SessionError {
    return value instanceof Error && brand in value;
  }
}
