// SPDX-License-Identifier: Apache-2.0
import { TransportError } from "./errors.js";

/** Where a daemon listens. `host` is a name or an IP address, IPv6 without brackets. */
export type Address =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "npipe"; readonly path: string };

/** Bytes of a unix socket path: sun_path holds 108 with its closing zero. */
const maxSocketPathBytes = 107;

const allowedForms =
  "Write tcp://host:port (IPv6 in brackets), unix:///path/to/socket or, on Windows, npipe:////./pipe/name";

/**
 * Parses `tcp://host:port`, `unix:///path` or `npipe:////./pipe/name`.
 *
 * @throws {TransportError} `BK_ADDRESS_INVALID`, naming the text (without credentials) and the allowed forms.
 */
export function parseAddress(text: string): Address {
  if (text === "") throw invalid(text, "it is empty");
  if (text !== text.trim()) throw invalid(text, "it begins or ends with white space");
  if (hasControlCharacter(text)) throw invalid(text, "it has a control character in it");
  const separator = text.indexOf("://");
  if (separator < 0) throw invalid(text, "it has no scheme");
  const scheme = text.slice(0, separator);
  const rest = text.slice(separator + 3);
  switch (scheme) {
    case "tcp":
      return parseTcp(text, rest);
    case "unix":
      return parseUnix(text, rest);
    case "npipe":
      return parseNpipe(text, rest);
    default:
      throw invalid(text, `the scheme "${scheme}" is unknown`);
  }
}

/** The text form that `parseAddress` reads. */
export function formatAddress(address: Address): string {
  if (address.kind !== "tcp") return `${address.kind}://${address.path}`;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return `tcp://${host}:${address.port}`;
}

function parseTcp(text: string, rest: string): Address {
  if (rest.includes("@")) throw invalid(text, "it has a user name in it, which BuildKit does not know");
  if (/[/?#]/.test(rest)) throw invalid(text, "something follows the port");
  if (/^[^[\]]*:.*:/.test(rest))
    throw invalid(text, "an IPv6 address needs brackets, as in tcp://[::1]:1234");
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(rest);
  if (match === null) throw invalid(text, "its brackets do not match");
  const [, bracketed, plain, port] = match;
  const host = bracketed ?? plain ?? "";
  if (host === "") throw invalid(text, "the host is missing");
  if (!isHost(host, bracketed !== undefined)) throw invalid(text, `"${host}" is no host name or IP address`);
  if (port === undefined || port === "") throw invalid(text, "the port is missing");
  if (!/^[0-9]{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
    throw invalid(text, `"${port}" is no port (1 to 65535)`);
  }
  return { kind: "tcp", host, port: Number(port) };
}

function parseUnix(text: string, path: string): Address {
  if (!path.startsWith("/")) throw invalid(text, "the socket path is not absolute");
  if (/%[0-9A-Fa-f]{2}/.test(path))
    throw invalid(text, "the path is percent-encoded; write it as it is on disk");
  const bytes = Buffer.byteLength(path);
  if (bytes > maxSocketPathBytes) {
    throw invalid(text, `the socket path has ${bytes} bytes and the system allows ${maxSocketPathBytes}`);
  }
  return { kind: "unix", path };
}

function parseNpipe(text: string, rest: string): Address {
  if (process.platform !== "win32") throw invalid(text, "named pipes exist on Windows only");
  if (!/^[/\\]{2}\.[/\\]pipe[/\\]./.test(rest))
    throw invalid(text, "the pipe's path is not like //./pipe/name");
  return { kind: "npipe", path: rest };
}

/** IPv6 (with a zone) when bracketed; else a DNS name or IPv4. Names with `_` occur in compose files. */
function isHost(host: string, bracketed: boolean): boolean {
  if (bracketed) return /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9_.-]+)?$/.test(host);
  return /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/.test(host);
}

function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\x7f");
}

function invalid(text: string, reason: string): TransportError {
  const shown = redactUserInfo(text);
  return new TransportError(
    "BK_ADDRESS_INVALID",
    `Invalid address ${JSON.stringify(shown)}: ${reason}. ${allowedForms}`,
    {
      endpoint: shown,
    },
  );
}

/** Replaces what stands between `://` and the last `@` before the path, and keeps long text short. */
export function redactUserInfo(text: string): string {
  const redacted = text.replace(/^([^/]*:\/\/)[^/]*@/, "$1***@").replace(/^[^/:@]+:[^/@]+@/, "***@");
  return redacted.length > 256 ? `${redacted.slice(0, 256)}...` : redacted;
}
