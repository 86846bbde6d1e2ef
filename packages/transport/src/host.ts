// SPDX-License-Identifier: Apache-2.0
import { invalidAddress } from "./invalid-address.js";

export interface HostAndPort {
  /** A name or an IP address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

/** Reads `host`, `host:port` or `[ipv6]:port`, which is a part of the address `text`. */
export function parseHost(text: string, part: string): HostAndPort {
  if (/^[^[\]]*:.*:/.test(part)) {
    throw invalidAddress(text, "an IPv6 address needs brackets, as in [::1]:1234");
  }
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(part);
  if (match === null) throw invalidAddress(text, "its brackets do not match");
  const [, bracketed, plain, port] = match;
  const host = bracketed ?? plain ?? "";
  if (host === "") throw invalidAddress(text, "the host is missing");
  if (!isHost(host, bracketed !== undefined)) {
    throw invalidAddress(text, `"${host}" is no host name or IP address`);
  }
  return { host, port: port === undefined || port === "" ? undefined : parsePort(text, port) };
}

/** The form that `parseHost` reads. */
export function formatHost({ host, port }: { host: string; port?: number | undefined }): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}

function parsePort(text: string, port: string): number {
  if (!/^[0-9]{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
    throw invalidAddress(text, `"${port}" is no port (1 to 65535)`);
  }
  return Number(port);
}

/** IPv6 (with a zone) when bracketed; else a DNS name or IPv4. Names with `_` occur in compose files. */
function isHost(host: string, bracketed: boolean): boolean {
  if (bracketed) return /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9_.-]+)?$/.test(host);
  return /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/.test(host);
}
