// SPDX-License-Identifier: Apache-2.0
import { Policy } from "@bk/proto/control-codec";
import { checkRecord, checkText } from "./check-option.js";
import { invalidOption, showValue } from "./invalid-option.js";

// Must match the daemon: sourcepolicy of moby/buildkit. The JSON is what buildctl reads from --source-policy-file.

/** Which sources a build may use, and what stands in for others. Of the rules that match, the last one decides. */
export interface SourcePolicy {
  /** 1, or left out. */
  readonly version?: number | undefined;
  readonly rules: readonly SourceRule[];
}

export interface SourceRule {
  readonly action: "ALLOW" | "DENY" | "CONVERT";
  readonly selector: SourceSelector;
  /** What a converted source becomes. */
  readonly updates?:
    | {
        readonly identifier?: string | undefined;
        readonly attrs?: Readonly<Record<string, string>> | undefined;
      }
    | undefined;
}

export interface SourceSelector {
  /** `docker-image://docker.io/library/alpine:*`, `https://host/file`, `git://host/app.git`. */
  readonly identifier: string;
  /** Default `WILDCARD`. */
  readonly matchType?: "WILDCARD" | "EXACT" | "REGEX" | undefined;
  readonly constraints?: readonly SourceConstraint[] | undefined;
}

export interface SourceConstraint {
  readonly key: string;
  readonly value: string;
  readonly condition: "EQUAL" | "NOTEQUAL" | "MATCHES";
}

/** The numbers of the wire are the places in these lists. */
const ACTIONS = ["ALLOW", "DENY", "CONVERT"] as const;
const MATCH_TYPES = ["WILDCARD", "EXACT", "REGEX"] as const;
const CONDITIONS = ["EQUAL", "NOTEQUAL", "MATCHES"] as const;

/**
 * Checks a policy, which may come from a file. An unknown name in it is refused: a rule must not be weaker than meant.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`
 */
export function resolveSourcePolicy(policy: SourcePolicy): Policy {
  const { version = 1, rules } = fields("sourcePolicy", policy, ["version", "rules"]);
  if (version !== 0 && version !== 1)
    throw invalidOption("sourcePolicy.version", `sourcePolicy.version is ${showValue(version)}, not 1`);
  if (!Array.isArray(rules)) throw invalidOption("sourcePolicy.rules", "sourcePolicy.rules is not a list");
  return Policy.fromPartial({
    version: BigInt(version),
    rules: rules.map((rule, index) => toRule(`sourcePolicy.rules[${index}]`, rule)),
  });
}

function toRule(option: string, rule: unknown) {
  const { action, selector, updates } = fields(option, rule, ["action", "selector", "updates"]);
  return {
    action: oneOf(`${option}.action`, action ?? "ALLOW", ACTIONS),
    selector: toSelector(`${option}.selector`, selector),
    ...(updates !== undefined && { updates: toUpdates(`${option}.updates`, updates) }),
  };
}

function toSelector(option: string, selector: unknown) {
  const known = ["identifier", "matchType", "match_type", "constraints"];
  const { identifier, matchType, match_type, constraints = [] } = fields(option, selector, known);
  if (!Array.isArray(constraints))
    throw invalidOption(`${option}.constraints`, `${option}.constraints is not a list`);
  return {
    identifier: checkText(`${option}.identifier`, identifier),
    // Go's own JSON has the second spelling.
    matchType: oneOf(`${option}.matchType`, matchType ?? match_type ?? "WILDCARD", MATCH_TYPES),
    constraints: constraints.map((constraint, index) =>
      toConstraint(`${option}.constraints[${index}]`, constraint),
    ),
  };
}

function toConstraint(option: string, constraint: unknown) {
  const { key, value, condition } = fields(option, constraint, ["key", "value", "condition"]);
  return {
    key: checkText(`${option}.key`, key),
    value: checkText(`${option}.value`, value),
    condition: oneOf(`${option}.condition`, condition ?? "EQUAL", CONDITIONS),
  };
}

function toUpdates(option: string, updates: unknown) {
  const { identifier = "", attrs = {} } = fields(option, updates, ["identifier", "attrs"]);
  return {
    identifier: checkText(`${option}.identifier`, identifier),
    attrs: { ...checkRecord(`${option}.attrs`, fields(`${option}.attrs`, attrs) as Record<string, string>) },
  };
}

/** The fields of an object whose names are all known. */
function fields(
  option: string,
  value: unknown,
  known?: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalidOption(option, `${option} is not an object`);
  const strange = known && Object.keys(value).find((name) => !known.includes(name));
  if (strange !== undefined)
    throw invalidOption(
      `${option}.${strange}`,
      `${option} has no ${showValue(strange)}: expected ${known?.join(", ")}`,
    );
  return value as Readonly<Record<string, unknown>>;
}

function oneOf(option: string, value: unknown, names: readonly string[]): number {
  const at = names.indexOf(value as string);
  if (at < 0) throw invalidOption(option, `${option} is ${showValue(value)}, not ${names.join(", ")}`);
  return at;
}
