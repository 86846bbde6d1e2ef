// SPDX-License-Identifier: Apache-2.0
import {
  type ContainerAddress,
  formatContainerAddress,
  isContainerScheme,
  parseContainerAddress,
} from "./container-address.js";
import { formatHost, parseHost } from "./host.js";
import { invalidAddress } from "./invalid-address.js";
import { formatSshAddress, parseSshAddress, type SshAddress } from "./ssh-address.js";

/** Where a daemon listens. `host` is a name or an IP address, IPv6 without brackets. */
export type Address = SocketAddress | ContainerAddress | SshAddress;

/** What this machine can connect to by itself. */
export type SocketAddress =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "npipe"; readonly path: string };

/** Bytes of a unix socket path: sun_path holds 108 with its closing zero. */
const maxSocketPathBytes = 107;

/**
 * Parses `tcp://host:port`, `unix:///path`, `npipe:////./pipe/name`, `docker-container://name?context=`,
 * `podman-container://name`, `nerdctl-container://name?namespace=`,
 * `kube-pod://name?context=&namespace=&container=` or `ssh://user@host:port/socket`.
 *
 * Names that could be read as an option, or by a shell, are refused.
 *
 * @throws {TransportError} `BK_ADDRESS_INVALID`, naming the text (without credentials) and the allowed forms.
 */
export function parseAddress(text: string): Address {
  if (text === "") throw invalidAddress(text, "it is empty");
  if (text !== text.trim()) throw invalidAddress(text, "it begins or ends with white space");
  if (/\p{Cc}/u.test(text)) throw invalidAddress(text, "it has a control character in it");
  const separator = text.indexOf("://");
  if (separator < 0) throw invalidAddress(text, "it has no scheme");
  const scheme = text.slice(0, separator);
  const rest = text.slice(separator + 3);
  if (isContainerScheme(scheme)) return parseContainerAddress(text, scheme, rest);
  switch (scheme) {
    case "tcp":
      return parseTcp(text, rest);
    case "unix":
      return { kind: "unix", path: parseSocketPath(text, rest) };
    case "npipe":
      return parseNpipe(text, rest);
    case "ssh":
      return parseSshAddress(text, rest);
    default:
      throw invalidAddress(text, `the scheme "${scheme}" is unknown`);
  }
}

/** The text form that `parseAddress` reads. */
export function formatAddress(address: Address): string {
  switch (address.kind) {
    case "tcp":
      return `tcp://${formatHost(address)}`;
    case "unix":
    case "npipe":
      return `${address.kind}://${address.path}`;
    case "ssh":
      return formatSshAddress(address);
    case "docker-container":
    case "podman-container":
    case "nerdctl-container":
    case "kube-pod":
      return formatContainerAddress(address);
  }
}

function parseTcp(text: string, rest: string): Address {
  if (rest.includes("@"))
    throw invalidAddress(text, "it has a user name in it, which BuildKit does not know");
  if (/[/?#]/.test(rest)) throw invalidAddress(text, "something follows the port");
  const { host, port } = parseHost(text, rest);
  if (port === undefined) throw invalidAddress(text, "the port is missing");
  return { kind: "tcp", host, port };
}

function parseSocketPath(text: string, path: string): string {
  if (!path.startsWith("/")) throw invalidAddress(text, "the socket path is not absolute");
  if (/%[0-9A-Fa-f]{2}/.test(path)) {
    throw invalidAddress(text, "the path is percent-encoded; write it as it is on disk");
  }
  const bytes = Buffer.byteLength(path);
  if (bytes > maxSocketPathBytes) {
    throw invalidAddress(
      text,
      `the socket path has ${bytes} bytes and the system allows ${maxSocketPathBytes}`,
    );
  }
  return path;
}

function parseNpipe(text: string, rest: string): Address {
  if (process.platform !== "win32") throw invalidAddress(text, "named pipes exist on Windows only");
  if (!/^[/\\]{2}\.[/\\]pipe[/\\]./.test(rest)) {
    throw invalidAddress(text, "the pipe's path is not like //./pipe/name");
  }
  return { kind: "npipe", path: rest };
}
