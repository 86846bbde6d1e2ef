// SPDX-License-Identifier: Apache-2.0
import { invalidOption, showValue } from "./invalid-option.js";

// Checks of single values. Each returns what it was given, or throws BK_OPTIONS_INVALID and names the option.

const LONE_SURROGATE = /\p{Surrogate}/u;
const CONTROL_OR_SPACE = /[\p{Cc}\s]/u;

/** Callers without types pass numbers; protobuf refuses lone surrogates only when the request is encoded. */
export function checkText(option: string, value: unknown): string {
  if (typeof value !== "string")
    throw invalidOption(option, `${option} is ${showValue(value)}, which is not text`);
  if (LONE_SURROGATE.test(value)) throw invalidOption(option, `${option} is not valid Unicode text`);
  return value;
}

export function checkPath(option: string, value: unknown): string {
  const path = checkText(option, value);
  if (path === "" || path.includes("\0")) {
    throw invalidOption(option, `${option} is ${showValue(path)}, which is not a path`);
  }
  return path;
}

/** A name that stands in a Dockerfile, such as a stage. */
export function checkWord(option: string, value: unknown): string {
  const word = checkText(option, value);
  if (word === "" || CONTROL_OR_SPACE.test(word)) {
    throw invalidOption(option, `${option} is ${showValue(word)}: it must not be empty or hold spaces`);
  }
  return word;
}

/** Names with text values. Values may be secret, so messages show names only. */
export function checkRecord(
  option: string,
  record: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(record)) {
    if (name === "" || name.includes("=") || CONTROL_OR_SPACE.test(name)) {
      const problem = `it must not be empty or hold "=" or spaces`;
      throw invalidOption(option, `${option} has the name ${showValue(name)}: ${problem}`);
    }
    if (typeof value !== "string") {
      throw invalidOption(`${option}.${name}`, `${option}.${name} must be text, not ${typeof value}`);
    }
    checkText(`${option}.${name}`, value);
  }
  return { ...record };
}
