// SPDX-License-Identifier: Apache-2.0
import { formatHost, parseHost } from "./host.js";
import { invalidAddress } from "./invalid-address.js";

/** A machine that ssh can log in to. What is left out is up to ssh's configuration. */
export interface SshAddress {
  readonly kind: "ssh";
  readonly host: string;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  /** The daemon's unix socket over there, if it is not the program's default. */
  readonly socket?: string | undefined;
}

/** No "-" first, and nothing that a shell would read: ssh's configuration may pass user and host to one. */
const userPattern = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]*$/;

/**
 * Reads `[user@]host[:port][/path/to/socket]`. Must match the grammar of moby/buildkit and docker/cli:
 * connhelper/ssh.
 */
export function parseSshAddress(text: string, rest: string): SshAddress {
  if (/[?#]/.test(rest))
    throw invalidAddress(text, 'ssh addresses have no options, but there is a "?" or "#"');
  const slash = rest.indexOf("/");
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? "" : rest.slice(slash);
  const at = authority.lastIndexOf("@");
  const user = at < 0 ? undefined : authority.slice(0, at);
  if (user?.includes(":")) throw invalidAddress(text, "it has a password in it, which ssh does not take");
  if (user !== undefined && !userPattern.test(user)) {
    throw invalidAddress(text, "the user name is not made of letters, digits and _.@+- only");
  }
  if (/%[0-9A-Fa-f]{2}/.test(path)) {
    throw invalidAddress(text, "the path is percent-encoded; write it as it is on disk");
  }
  const { host, port } = parseHost(text, authority.slice(at + 1));
  const socket = /^\/*$/.test(path) ? undefined : path;
  return {
    kind: "ssh",
    host,
    ...(port !== undefined && { port }),
    ...(user !== undefined && { user }),
    ...(socket !== undefined && { socket }),
  };
}

export function formatSshAddress(address: SshAddress): string {
  const user = address.user === undefined ? "" : `${address.user}@`;
  return `ssh://${user}${formatHost(address)}${address.socket ?? ""}`;
}
