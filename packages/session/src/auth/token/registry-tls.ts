// SPDX-License-Identifier: Apache-2.0
import type { RequestOptions } from "node:https";
import { rootCertificates } from "node:tls";

/** TLS towards one registry's token server. */
export interface RegistryTls {
  /** PEM. Certificates to trust beside those that Node brings along. */
  readonly ca?: string | Buffer | undefined;
  /** PEM. The client's certificate, and the key to it. */
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  /** Takes any certificate of the server: whoever is in between then reads the credentials. Default: false. */
  readonly insecure?: boolean | undefined;
}

/** The options of node:https. `undefined`: the process's own trust. */
export function toRequestTls(tls: RegistryTls | undefined): RequestOptions {
  if (tls === undefined) return {};
  const { ca, cert, key, insecure } = tls;
  return {
    ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(insecure === true && { rejectUnauthorized: false }),
  };
}
