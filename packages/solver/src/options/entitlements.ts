// SPDX-License-Identifier: Apache-2.0
import { checkText } from "./check-option.js";
import { parseAllowFlag } from "./flags/allow-flag.js";
import { invalidOption, renameOption, showValue } from "./invalid-option.js";
import type { ResolvedRunOptions } from "./run-options.js";

/**
 * What the steps of a build may do beyond their sandbox, for the daemon to allow: `network.host`, `security.insecure`,
 * `device=NAME`. Steps on the host's network need the first.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`
 */
export function resolveEntitlements(
  entitlements: readonly string[],
  { network }: Pick<ResolvedRunOptions, "network">,
): readonly string[] {
  const resolved = entitlements.map((text, index) => {
    const option = `entitlements[${index}]`;
    const flag = renameOption(option, () => parseAllowFlag(checkText(option, text)));
    if (flag.kind === "entitlement") return flag.entitlement;
    throw invalidOption(option, `${showValue(text)} is no entitlement of the daemon`);
  });
  return [...new Set(network === "host" ? [...resolved, "network.host"] : resolved)];
}
