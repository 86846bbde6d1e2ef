// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import { isIP, type Socket } from "node:net";
import { connect, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import type { AbortOptions } from "./abort.js";
import { TransportError } from "./errors.js";
import { waitForSocket } from "./socket.js";

/**
 * PEM text or bytes. The peer is always verified, against `ca` or else the system's authorities, with TLS 1.2
 * or later. `cert` and `key` are the client's pair: both or none.
 */
export interface TlsOptions {
  readonly ca?: string | Buffer | undefined;
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  /** The name the peer's certificate must carry, if not the host that is dialed. */
  readonly serverName?: string | undefined;
}

/** What is spoken inside TLS: `h2` where gRPC is spoken directly, `http/1.1` for Docker's API. */
export type AlpnProtocol = "h2" | "http/1.1";

export interface SecureSocketOptions extends AbortOptions {
  readonly endpoint: string;
  readonly host: string;
  /** Of `createTlsContext`. */
  readonly context: SecureContext;
  readonly serverName: string | undefined;
  readonly alpnProtocol: AlpnProtocol;
}

/**
 * Runs the TLS handshake on a connected socket, which it takes over.
 *
 * @throws {TransportError} `BK_TLS_FAILED`; `BK_NOT_GRPC` when the peer has TLS but not HTTP/2.
 */
export async function secureSocket(socket: Socket, options: SecureSocketOptions): Promise<TLSSocket> {
  const { endpoint, host, context, serverName, alpnProtocol, signal } = options;
  const name = serverName ?? host;
  const secured = connect({
    socket,
    host: name,
    // SNI carries names only; the certificate is checked against `host` all the same.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    secureContext: context,
    minVersion: "TLSv1.2",
    rejectUnauthorized: true,
    ALPNProtocols: [alpnProtocol],
  });
  await waitForSocket(secured, "secureConnect", {
    endpoint,
    signal,
    waitedFor: "the end of the TLS handshake",
  });
  if (alpnProtocol === "h2" && secured.alpnProtocol !== "h2") {
    secured.destroy();
    throw new TransportError(
      "BK_NOT_GRPC",
      `Cannot connect to ${endpoint}: the server speaks TLS but does not offer HTTP/2. It is no BuildKit daemon, or a proxy in front of one`,
      { endpoint },
    );
  }
  return secured;
}

/** Reads the PEM texts, so that a bad file is reported before anything is dialed. */
export function createTlsContext(tls: TlsOptions, endpoint: string): SecureContext {
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    throw new TransportError(
      "BK_TLS_FAILED",
      `Cannot use TLS for ${endpoint}: a client certificate and its key go together, and one is missing`,
      { endpoint },
    );
  }
  if (tls.ca !== undefined) checkAuthorities(tls.ca, endpoint);
  try {
    return createSecureContext({ ca: tls.ca, cert: tls.cert, key: tls.key, minVersion: "TLSv1.2" });
  } catch (cause) {
    throw new TransportError(
      "BK_TLS_FAILED",
      `Cannot use TLS for ${endpoint}: the CA, the certificate or the key is not PEM, or they do not match`,
      { cause, endpoint },
    );
  }
}

const pemCertificate =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----.*?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/gs;

/** Node takes any text for a CA, and from one that it cannot read on it ignores the rest. */
function checkAuthorities(ca: string | Buffer, endpoint: string): void {
  const certificates = String(ca).match(pemCertificate) ?? [];
  if (certificates.length === 0) {
    throw new TransportError(
      "BK_TLS_FAILED",
      `Cannot use TLS for ${endpoint}: the CA has no certificate in it. Give a PEM text that begins with -----BEGIN CERTIFICATE-----`,
      { endpoint },
    );
  }
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      const text = `Cannot use TLS for ${endpoint}: certificate ${index + 1} of ${certificates.length} in the CA is damaged`;
      throw new TransportError("BK_TLS_FAILED", text, { cause, endpoint });
    }
  }
}
