// SPDX-License-Identifier: Apache-2.0
import { SolverError } from "../errors.js";

/** Characters of a refused value that a message shows. */
const MAX_SHOWN = 120;

/** A refused value as it stands in a message: quoted, escaped, cut. */
export function showValue(value: unknown): string {
  if (typeof value !== "string")
    return typeof value === "object" && value !== null ? "an object" : String(value);
  const shown = value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value;
  return JSON.stringify(shown);
}

/** A `BK_OPTIONS_INVALID` error. `option` is a path such as `tags[1]`; `problem` is the whole sentence. */
export function invalidOption(option: string, problem: string, cause?: unknown): SolverError {
  return new SolverError("BK_OPTIONS_INVALID", problem, { option, ...(cause !== undefined && { cause }) });
}

/** Runs a parser whose error does not know which option it was called for. */
export function renameOption<T>(option: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!SolverError.is(error)) throw error;
    throw invalidOption(option, `${option}: ${error.message}`);
  }
}
