// SPDX-License-Identifier: Apache-2.0
import { invalidOption, showValue } from "../invalid-option.js";
import { parseCsvLine, splitPair } from "./csv.js";

/** Allows an export to delete files of a local directory. It is for the client: the daemon does not know it. */
const LOCAL_DELETE = "buildx.local.delete";

/** One entry of `docker buildx build --allow`. */
export type AllowFlag =
  | { readonly kind: "local-delete" }
  /** To be sent to the daemon as it is. */
  | { readonly kind: "entitlement"; readonly entitlement: string };

/**
 * Parses `network.host`, `security.insecure` or `device=NAME`.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`.
 */
export function parseAllowFlag(text: string): AllowFlag {
  const [name, value] = splitPair(text) ?? [text, undefined];
  if (name === LOCAL_DELETE && value === undefined) return { kind: "local-delete" };
  const isKnown = text === "network.host" || text === "security.insecure" || name === "device";
  if (!isKnown) throw invalidOption("allow", `There is no entitlement ${showValue(text)}`);
  if (name === "device" && value) checkDevice(value);
  return { kind: "entitlement", entitlement: text };
}

/** A name, and then at most its alias. */
function checkDevice(text: string): void {
  for (const field of parseCsvLine(text).slice(1)) {
    if (splitPair(field)?.[0] !== "alias")
      throw invalidOption("allow", `A device has no ${showValue(field)}: expected alias=NAME`);
  }
}
