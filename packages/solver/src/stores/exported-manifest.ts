// SPDX-License-Identifier: Apache-2.0
import { type Descriptor, SessionError } from "@bk/session";

/**
 * What the daemon says of a manifest that it wrote; `putManifest()` checks the rest of it.
 *
 * @throws {SessionError} `BK_PROTOCOL`
 */
export function parseManifest(json: string): Descriptor {
  try {
    return JSON.parse(json) as Descriptor;
  } catch (cause) {
    throw new SessionError("BK_PROTOCOL", "The daemon described an exported manifest in malformed JSON", {
      cause,
    });
  }
}
