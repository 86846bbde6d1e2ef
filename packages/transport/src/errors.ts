// SPDX-License-Identifier: Apache-2.0

/** Why the daemon could not be reached or was lost. Codes are stable; new ones may be added. */
export type TransportErrorCode =
  /** The address text is malformed, or of a kind this platform lacks. */
  | "BK_ADDRESS_INVALID"
  /** Docker's environment, configuration or context cannot be used. */
  | "BK_DOCKER_CONFIG_INVALID"
  /** No such socket file, or the host name is unknown. */
  | "BK_ENDPOINT_NOT_FOUND"
  /** The endpoint exists and nothing listens on it. */
  | "BK_CONNECTION_REFUSED"
  /** The connection was not ready within the connect timeout. */
  | "BK_CONNECT_TIMEOUT"
  /** No connection, for a reason that is none of the others (the cause says which). */
  | "BK_CONNECT_FAILED"
  | "BK_PERMISSION_DENIED"
  /** The path is a file or a directory. */
  | "BK_NOT_A_SOCKET"
  /** TLS files unusable, certificate refused by either side, or the peer speaks no TLS. */
  | "BK_TLS_FAILED"
  /** Docker did not switch the connection to HTTP/2: see `status` and `body`. */
  | "BK_UPGRADE_REFUSED"
  /** Docker's API answered a request with an error status, or with no HTTP: see `status` and `body`. */
  | "BK_DOCKER_REFUSED"
  /** The program that leads to the daemon is not on the PATH. */
  | "BK_PROGRAM_NOT_FOUND"
  /** The program that leads to the daemon failed: `body` is the end of its standard error. */
  | "BK_COMMAND_FAILED"
  /** The peer answers, but not as a gRPC server does. */
  | "BK_NOT_GRPC"
  /** The connection ended, or fell silent, before its work was done. */
  | "BK_CONNECTION_LOST"
  /** The handle was closed by its owner. */
  | "BK_CLOSED"
  /** A message is longer than the limit. */
  | "BK_MESSAGE_TOO_LARGE"
  /** The peer broke the rules of gRPC's wire format. */
  | "BK_PROTOCOL_ERROR";

/** Codes of a daemon that may be starting: the same call may succeed in a while. */
const retryableCodes: ReadonlySet<TransportErrorCode> = new Set<TransportErrorCode>([
  "BK_ENDPOINT_NOT_FOUND",
  "BK_CONNECTION_REFUSED",
  "BK_CONNECT_TIMEOUT",
  "BK_CONNECTION_LOST",
]);

export interface TransportErrorOptions extends ErrorOptions {
  /** The address that was dialed, without credentials. */
  readonly endpoint?: string | undefined;
  /** HTTP status of Docker's refusal. */
  readonly status?: number | undefined;
  /**
   * Body of Docker's refusal, its first 1 KiB; or a program's standard error, its last 4 KiB. Remote text: quote
   * it as such.
   */
  readonly body?: string | undefined;
}

const brand: symbol = Symbol.for("@bk/transport/TransportError");

/** Every failure to reach the daemon. Branch on `code`; the message says what happened and what to try. */
export class TransportError extends Error {
  override readonly name: string = "TransportError";
  readonly code: TransportErrorCode;
  readonly endpoint: string | undefined;
  readonly status: number | undefined;
  readonly body: string | undefined;

  constructor(code: TransportErrorCode, message: string, options: TransportErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.endpoint = options.endpoint;
    this.status = options.status;
    this.body = options.body;
    Object.defineProperty(this, brand, { value: true });
  }

  /** True when the daemon may only be not ready yet; false when trying again cannot help. */
  get retryable(): boolean {
    return retryableCodes.has(this.code);
  }

  /** Recognises errors of every installed copy of this package, which `instanceof` does not. */
  static is(value: unknown): value is TransportError {
    return value instanceof Error && brand in value;
  }
}

/** The TransportError in a chain of causes, for errors that RPC libraries have wrapped. */
export function findTransportError(error: unknown): TransportError | undefined {
  const seen = new Set<unknown>();
  for (let current = error; current instanceof Error && !seen.has(current); current = current.cause) {
    if (TransportError.is(current)) return current;
    seen.add(current);
  }
  return undefined;
}
