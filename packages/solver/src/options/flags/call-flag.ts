// SPDX-License-Identifier: Apache-2.0
import { invalidOption, showValue } from "../invalid-option.js";
import { parseBool, parseCsvLine, splitPair } from "./csv.js";

/** What a frontend is asked to do instead of a build, as `docker buildx build --call` writes it. */
export interface CallFlag {
  /** `lint`, `outline`, `targets`. */
  readonly name: string;
  readonly format: string;
  readonly ignoreStatus: boolean;
}

/**
 * Parses `outline,format=json`. `check` is another name for `lint`.
 *
 * @returns undefined for a plain build
 * @throws {SolverError} `BK_OPTIONS_INVALID`.
 */
export function parseCallFlag(text: string): CallFlag | undefined {
  if (text === "") return undefined;
  const call = { name: "", format: "", ignoreStatus: false };
  for (const field of parseCsvLine(text)) {
    const [key, value] = splitPair(field) ?? ["", field];
    if (!field.includes("=")) {
      if (call.name !== "") throw invalidOption("call", `${showValue(text)} names two calls`);
      call.name = value;
    } else if (key === "format") call.format = value;
    else if (key === "ignorestatus") call.ignoreStatus = checkBool(value);
    else throw invalidOption("call", `A call has no ${showValue(key)}: expected format or ignorestatus`);
  }
  if (call.name === "build") return undefined;
  return call.name === "check" ? { ...call, name: "lint" } : call;
}

function checkBool(value: string): boolean {
  const parsed = parseBool(value);
  if (parsed === undefined)
    throw invalidOption("call", `ignorestatus is true or false, not ${showValue(value)}`);
  return parsed;
}
