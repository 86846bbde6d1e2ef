// SPDX-License-Identifier: Apache-2.0
import { invalidOption, showValue } from "../invalid-option.js";
import { parseCsvLine } from "./csv.js";

/**
 * Parses `docker buildx build --add-host`: `name:address` or `name=address`, or several with commas between them. An
 * IPv6 address may stand in square brackets.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`; whether an address is one is seen later
 */
export function parseHostFlag(text: string): readonly (readonly [host: string, address: string])[] {
  return parseCsvLine(text).map((field) => {
    const [, host, address] = /^([^=]+)=(.+)$/.exec(field) ?? /^([^:]+):(.+)$/.exec(field) ?? [];
    if (host === undefined || address === undefined)
      throw invalidOption("run.hosts", `${showValue(field)} is not name:address`);
    return [host, address.replace(/^\[(.+)\]$/, "$1")] as const;
  });
}
