// SPDX-License-Identifier: Apache-2.0
import { checkText } from "../check-option.js";
import { parseBool } from "../flags/csv.js";
import { invalidOption, showValue } from "../invalid-option.js";
import type { Attr } from "./attr-table.js";

const GO_DURATION = /^(?:0|(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)$/;

/** An option's value as the daemon reads it. @throws {SolverError} `BK_OPTIONS_INVALID` */
export function writeValue(option: string, value: unknown, { kind }: Attr): string {
  if (kind === "bool") {
    if (typeof value === "boolean") return String(value);
    throw invalidOption(option, `${option} is ${showValue(value)}, not true or false`);
  }
  if (kind === "integer" || kind === "milliseconds") {
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
      throw invalidOption(option, `${option} is ${showValue(value)}, not a whole number`);
    return kind === "integer" ? String(value) : `${value}ms`;
  }
  if (typeof kind === "object" && "list" in kind) return writeList(option, value, kind.list);
  if (typeof kind === "object") return checkChoice(option, value, kind.oneOf);
  if (kind === "secret" && typeof value !== "string")
    throw invalidOption(option, `${option} must be text, not ${typeof value}`);
  return checkText(option, value);
}

/** A value that is already as the daemon reads it. @throws {SolverError} `BK_OPTIONS_INVALID` */
export function checkWritten(option: string, written: string, { kind }: Attr): string {
  const value = checkText(option, written);
  // Without a value, a switch is on.
  if (kind === "bool" && value !== "" && parseBool(value) === undefined)
    throw invalidOption(option, `${option} is ${showValue(value)}, not true or false`);
  if (kind === "integer" && !/^\d+$/.test(value))
    throw invalidOption(option, `${option} is ${showValue(value)}, not a whole number`);
  if (kind === "milliseconds" && !GO_DURATION.test(value))
    throw invalidOption(option, `${option} is ${showValue(value)}, not a duration such as 10m or 90s`);
  if (typeof kind === "object" && "oneOf" in kind) return checkChoice(option, value, kind.oneOf);
  return value;
}

function writeList(option: string, value: unknown, separator: string): string {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values
    .map((entry) => {
      const name = checkText(option, entry);
      if (name !== "") return name;
      throw invalidOption(option, `${option} holds an empty name`);
    })
    .join(separator);
}

function checkChoice(option: string, value: unknown, choices: readonly string[]): string {
  const choice = choices.find((name) => name === value);
  if (choice !== undefined) return choice;
  const expected = `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
  throw invalidOption(option, `${option} is ${showValue(value)}, not ${expected}`);
}
