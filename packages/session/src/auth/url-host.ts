// SPDX-License-Identifier: Apache-2.0
import { isIPv6 } from "node:net";

export interface UrlHost {
  /** Without brackets. Case is kept. */
  readonly host: string;
  /** Digits; empty without one. */
  readonly port: string;
}

const USER = /^[A-Za-z0-9\-._~:!$&'()*+,;=%@]*$/;
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
/** What cannot stand in a host: some ASCII, and escapes of ASCII other than the percent sign. */
const BAD_HOST = /[ \\^`{|}]|%(?!25|[89A-Fa-f][0-9A-Fa-f])/;
const HOST_CHARACTER = /[A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"]/;

/**
 * The host and port of a URL; undefined where it has no host, and for a malformed one.
 *
 * Must match Go's net/url. The WHATWG parser cannot be used: it lowers case and drops default ports.
 */
export function readUrlHost(url: string): UrlHost | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\0-\x1f\x7f]/.test(url)) return undefined;
  const [, whole = "", fragment = ""] = /^([^#]*)(.*)$/s.exec(url) ?? [];
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?\/\/([^/?]*)([^?]*)/.exec(whole);
  if (match === null) return undefined;
  const [, scheme = "", authority = "", path = ""] = match;
  if (BAD_ESCAPE.test(path + fragment)) return undefined;
  const at = authority.lastIndexOf("@");
  const user = authority.slice(0, Math.max(at, 0));
  if (!USER.test(user) || BAD_ESCAPE.test(user)) return undefined;
  const text = authority.slice(at + 1);
  return text.includes("[") ? readLiteral(text) : readName(text, /^https?$/i.test(scheme));
}

/** An IPv6 address in brackets, its zone behind an escaped percent sign. */
function readLiteral(text: string): UrlHost | undefined {
  const [, inner = "", port = ""] = /^\[([^[]*)\](?::(\d*))?$/.exec(text) ?? [];
  const zoneAt = inner.indexOf("%25");
  const address = zoneAt < 0 ? inner : inner.slice(0, zoneAt);
  const zone = zoneAt < 0 ? undefined : inner.slice(zoneAt + 3);
  if (address.includes("%") || !isIPv6(address) || !(zone === undefined || isZone(zone))) return undefined;
  return { host: zone === undefined ? address : `${address}%${unescapeBytes(zone)}`, port };
}

/** What may stand in a host may also be escaped here, and so may a space. */
function isZone(text: string): boolean {
  if (text === "" || /[ \\^`{|}]/.test(text) || BAD_ESCAPE.test(text)) return false;
  const escapes = text.match(/%../g) ?? [];
  return escapes.every((code) => /%2[05]/.test(code) || HOST_CHARACTER.test(unescapeBytes(code)));
}

/** A name or an IPv4 address. Only http and https are strict about colons in it. */
function readName(text: string, isHttp: boolean): UrlHost | undefined {
  const colon = isHttp ? text.indexOf(":") : text.lastIndexOf(":");
  const host = colon < 0 ? text : text.slice(0, colon);
  const port = colon < 0 ? "" : text.slice(colon + 1);
  if (host === "" || !/^\d*$/.test(port) || BAD_HOST.test(host)) return undefined;
  return { host: unescapeBytes(host), port };
}

function unescapeBytes(text: string): string {
  if (!text.includes("%")) return text;
  const bytes = Buffer.from(text).toString("latin1");
  const unescaped = bytes.replace(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(unescaped, "latin1").toString("utf8");
}
