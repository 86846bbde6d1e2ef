// SPDX-License-Identifier: Apache-2.0
import { type Address, formatAddress } from "./address.js";
import { buildkitCommand } from "./command/command.js";
import { createCommandDialer } from "./command/dialer.js";
import type { Dialer } from "./dialer.js";
import { createDockerContainerDialer } from "./docker/container-dialer.js";
import { createSocketDialer, refuseTls } from "./socket-dialer.js";
import type { AlpnProtocol, TlsOptions } from "./tls.js";

export interface CreateDialerOptions {
  /** For tcp addresses only. */
  readonly tls?: TlsOptions | undefined;
  /** Default `h2`. */
  readonly alpnProtocol?: AlpnProtocol | undefined;
  /**
   * For addresses that lead through Docker or a program: where Docker's variables are read, and the environment
   * of the program. Default `process.env`.
   */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * The dialer for a BuildKit daemon's address. `docker-container` goes through Docker's API; the others that are
 * no socket start `podman`, `nerdctl`, `kubectl` or `ssh`.
 *
 * @throws {TransportError} `BK_TLS_FAILED` when TLS is asked for on anything but tcp, or its files are unusable.
 */
export function createDialer(
  address: Address,
  { tls, alpnProtocol, env = process.env }: CreateDialerOptions = {},
): Dialer {
  const endpoint = formatAddress(address);
  switch (address.kind) {
    case "tcp":
    case "unix":
    case "npipe":
      return createSocketDialer(address, { tls, alpnProtocol });
    case "docker-container":
      refuseTls(endpoint, tls);
      return createDockerContainerDialer({ address, env });
    case "podman-container":
    case "nerdctl-container":
    case "kube-pod":
    case "ssh":
      refuseTls(endpoint, tls);
      return createCommandDialer({ endpoint, command: buildkitCommand(address), env });
  }
}
