// SPDX-License-Identifier: Apache-2.0
import { TransportError, type TransportErrorCode } from "./errors.js";

interface Explanation {
  readonly code: TransportErrorCode;
  /** Completes "Cannot connect to <endpoint>: ". */
  readonly text: string;
}

const lostText = "the connection ended before the daemon answered. It may be starting or stopping; try again";

/** By `error.code` of Node's socket and name look-up errors. */
const explanations: Readonly<Record<string, Explanation>> = {
  ENOENT: {
    code: "BK_ENDPOINT_NOT_FOUND",
    text: "there is no such socket. Is the daemon running, and is the path right?",
  },
  ENOTFOUND: { code: "BK_ENDPOINT_NOT_FOUND", text: "the host name is unknown. Check its spelling" },
  EAI_AGAIN: {
    code: "BK_ENDPOINT_NOT_FOUND",
    text: "the host name could not be looked up. Is DNS reachable?",
  },
  ECONNREFUSED: {
    code: "BK_CONNECTION_REFUSED",
    text: "the connection was refused. Is the daemon running and listening there?",
  },
  EACCES: {
    code: "BK_PERMISSION_DENIED",
    text: "permission denied. Run as a user that may use the socket, such as a member of its group",
  },
  EPERM: {
    code: "BK_PERMISSION_DENIED",
    text: "permission denied. A firewall or a security policy forbids it",
  },
  ENOTSOCK: { code: "BK_NOT_A_SOCKET", text: "the path is not a socket. Check the address" },
  ENOTDIR: { code: "BK_NOT_A_SOCKET", text: "part of the path is a file. Check the address" },
  EPROTOTYPE: { code: "BK_NOT_A_SOCKET", text: "the path is a socket of another kind. Check the address" },
  ETIMEDOUT: {
    code: "BK_CONNECT_TIMEOUT",
    text: "no answer in time. Is the host up, and does a firewall let the port through?",
  },
  EHOSTUNREACH: { code: "BK_CONNECT_TIMEOUT", text: "the host is unreachable. Is the network up?" },
  ENETUNREACH: { code: "BK_CONNECT_TIMEOUT", text: "the network is unreachable. Is it up?" },
  ECONNRESET: { code: "BK_CONNECTION_LOST", text: lostText },
  EPIPE: { code: "BK_CONNECTION_LOST", text: lostText },
  ECONNABORTED: { code: "BK_CONNECTION_LOST", text: lostText },
  ERR_STREAM_PREMATURE_CLOSE: { code: "BK_CONNECTION_LOST", text: lostText },
};

/** By the `error.code` that Node gives to certificates that do not verify, and to OpenSSL's alerts. */
const tlsExplanations: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the daemon's certificate is for another name. Set the server name it was issued for",
  CERT_HAS_EXPIRED: "the daemon's certificate has expired. Renew it",
  CERT_NOT_YET_VALID: "the daemon's certificate is not valid yet. Check this machine's clock",
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "the daemon's certificate is signed by no known authority. Give the CA that signed it",
  SELF_SIGNED_CERT_IN_CHAIN: "the daemon's certificate is signed by an unknown authority. Give that CA",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the daemon's certificate is signed by an unknown authority. Give that CA",
  UNABLE_TO_GET_ISSUER_CERT: "the daemon's certificate chain is incomplete. Give the root CA",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "the daemon's certificate is signed by an unknown authority. Give that CA",
  ERR_SSL_WRONG_VERSION_NUMBER: "the daemon answered without TLS. Connect without TLS, or check the port",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "the daemon answered without TLS. Connect without TLS, or check the port",
  ERR_SSL_HTTP_REQUEST: "the daemon answered without TLS. Connect without TLS, or check the port",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    "the daemon asks for a client certificate. Give a certificate and its key",
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: "the daemon does not know the authority of the client certificate",
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: "the daemon refused the client certificate",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: "the client certificate has expired. Renew it",
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: "the daemon does not speak the protocol asked for (ALPN)",
};

/** Maps what went wrong on the way to a ready connection. TransportErrors pass through. */
export function connectError(cause: unknown, endpoint: string): TransportError {
  if (TransportError.is(cause)) return cause;
  const { code, text } = explain(cause);
  return new TransportError(code, `Cannot connect to ${endpoint}: ${text}`, { cause, endpoint });
}

/** Maps the end of a connection that was ready. TransportErrors pass through. */
export function connectionLostError(cause: unknown, endpoint: string): TransportError {
  if (TransportError.is(cause)) return cause;
  const tlsText = explainTls(cause);
  if (tlsText !== undefined) {
    return new TransportError("BK_TLS_FAILED", `Cannot connect to ${endpoint}: ${tlsText}`, {
      cause,
      endpoint,
    });
  }
  const detail = cause instanceof Error ? ` (${cause.message})` : "";
  return new TransportError(
    "BK_CONNECTION_LOST",
    `The connection to ${endpoint} was lost${detail}. The daemon may have stopped or restarted`,
    { cause, endpoint },
  );
}

export function connectTimeoutError(endpoint: string, timeoutMs: number, waitedFor: string): TransportError {
  return new TransportError(
    "BK_CONNECT_TIMEOUT",
    `Cannot connect to ${endpoint}: ${waitedFor} did not come within ${timeoutMs / 1000} s. Is the right daemon listening there?`,
    { endpoint },
  );
}

function explain(cause: unknown): Explanation {
  const known = explanations[errorCode(cause)];
  if (known !== undefined) return known;
  const tlsText = explainTls(cause);
  if (tlsText !== undefined) return { code: "BK_TLS_FAILED", text: tlsText };
  return { code: "BK_CONNECT_FAILED", text: cause instanceof Error ? cause.message : String(cause) };
}

function explainTls(cause: unknown): string | undefined {
  const code = errorCode(cause);
  const known = tlsExplanations[code];
  if (known !== undefined) return known;
  if (/^(ERR_SSL_|ERR_TLS_|ERR_OSSL_|CERT_|CRL_|EPROTO$|INVALID_CA|INVALID_PURPOSE)/.test(code)) {
    return `TLS failed (${code}). Check the CA, the client certificate and key, and the server name`;
  }
  return undefined;
}

/** `error.code`; of an AggregateError (several addresses tried in turn) that of its last error. */
function errorCode(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  if (cause instanceof AggregateError) return errorCode(cause.errors.at(-1));
  return "code" in cause && typeof cause.code === "string" ? cause.code : "";
}
