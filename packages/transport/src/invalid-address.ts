// SPDX-License-Identifier: Apache-2.0
import { TransportError } from "./errors.js";

const allowedForms =
  "Write tcp://host:port (IPv6 in brackets), unix:///path/to/socket, docker-container://name, podman-container://name, nerdctl-container://name, kube-pod://name, ssh://user@host or, on Windows, npipe:////./pipe/name";

/** The error for an address text: why, and what is allowed. */
export function invalidAddress(text: string, reason: string): TransportError {
  const shown = redactUserInfo(text);
  return new TransportError(
    "BK_ADDRESS_INVALID",
    `Invalid address ${JSON.stringify(shown)}: ${reason}. ${allowedForms}`,
    { endpoint: shown },
  );
}

/** Replaces what stands between `://` and the last `@` before the path, and keeps long text short. */
export function redactUserInfo(text: string): string {
  const redacted = text.replace(/^([^/]*:\/\/)[^/]*@/, "$1***@").replace(/^[^/:@]+:[^/@]+@/, "***@");
  return redacted.length > 256 ? `${redacted.slice(0, 256)}...` : redacted;
}
