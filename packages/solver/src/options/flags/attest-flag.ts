// SPDX-License-Identifier: Apache-2.0
import { invalidOption, showValue } from "../invalid-option.js";
import { toLowerLetters, trimSpace } from "../letters.js";
import { formatCsvLine, parseBool, parseCsvLine, sortedEntries, splitPair } from "./csv.js";

/** An attestation as `docker buildx build --attest` writes it. */
export interface AttestFlag {
  readonly type: string;
  readonly disabled: boolean;
  /** Their names keep their case, unlike those of other flags. */
  readonly attrs: Readonly<Record<string, string>>;
}

/**
 * Parses `type=provenance,mode=max` or `type=sbom,disabled=true`.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`.
 */
export function parseAttestFlag(text: string): AttestFlag {
  const attrs = new Map<string, string>();
  let type = "";
  let disabled = false;
  for (const field of parseCsvLine(text)) {
    const pair = splitPair(field);
    if (!pair) throw invalidOption("attests", `${showValue(field)} is not key=value`);
    const [key, value] = pair;
    const name = toLowerLetters(trimSpace(key));
    if (name === "type") type = value;
    else if (name === "disabled") disabled = checkBool(value);
    else attrs.set(key, value);
  }
  if (type === "") throw invalidOption("attests", "An attestation needs a type: type=provenance, type=sbom");
  return { type, disabled, attrs: Object.fromEntries(attrs) };
}

function checkBool(value: string): boolean {
  const parsed = parseBool(value);
  if (parsed === undefined)
    throw invalidOption("attests", `disabled is true or false, not ${showValue(value)}`);
  return parsed;
}

export function formatAttestFlag({ type, disabled, attrs }: AttestFlag): string {
  const off = disabled ? [["disabled", "true"] as const] : [];
  return formatCsvLine([["type", type], ...off, ...sortedEntries(attrs)]);
}

/** What `--sbom VALUE` and `--provenance VALUE` mean as an `--attest`; empty for an empty value. */
export function toAttestFlag(type: string, value: string): string {
  if (value === "") return "";
  const enabled = parseBool(value);
  return enabled === undefined ? `type=${type},${value}` : `type=${type},disabled=${!enabled}`;
}

/** By type, of which the first counts: the flag's text, or null where it is disabled. */
export function attestsByType(flags: readonly AttestFlag[]): ReadonlyMap<string, string | null> {
  const byType = new Map<string, string | null>();
  for (const flag of flags)
    if (!byType.has(flag.type)) byType.set(flag.type, flag.disabled ? null : formatAttestFlag(flag));
  return byType;
}
