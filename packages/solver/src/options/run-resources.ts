// SPDX-License-Identifier: Apache-2.0
import { checkText } from "./check-option.js";
import { invalidOption, showValue } from "./invalid-option.js";

/**
 * What RUN steps may take of the daemon's machine. Frontends from before Dockerfile 1.25, which came with BuildKit
 * v0.31, pass over it and say nothing.
 */
export interface RunResources {
  /** Bytes. */
  readonly memory?: number | undefined;
  /** Bytes of memory and swap together; -1 for as much swap as there is. */
  readonly memorySwap?: number | undefined;
  /** Weight among others; 1024 is what cgroups begin with. */
  readonly cpuShares?: number | undefined;
  /** Microseconds that `cpuQuota` is for. */
  readonly cpuPeriod?: number | undefined;
  /** Microseconds of CPU time in each period. */
  readonly cpuQuota?: number | undefined;
  /** CPUs by number: `0-3`, `0,1`. */
  readonly cpusetCpus?: string | undefined;
  /** Memory nodes by number. */
  readonly cpusetMems?: string | undefined;
}

/** Must match the daemon: frontend/dockerui of moby/buildkit. */
const ATTRS = {
  memory: "memory",
  memorySwap: "memswap",
  cpuShares: "cpushares",
  cpuPeriod: "cpuperiod",
  cpuQuota: "cpuquota",
  cpusetCpus: "cpusetcpus",
  cpusetMems: "cpusetmems",
} as const satisfies Readonly<Record<keyof RunResources, string>>;

const SET = /^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/;

/**
 * The Dockerfile frontend's attributes.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`
 */
export function resolveRunResources(resources: RunResources): Readonly<Record<string, string>> {
  const attrs: Record<string, string> = {};
  for (const [name, value] of Object.entries(resources)) {
    const option = `run.resources.${name}`;
    if (!isResource(name)) throw invalidOption(option, `There is no resource ${showValue(name)}`);
    if (value !== undefined) attrs[ATTRS[name]] = checkResource(name, option, value);
  }
  return attrs;
}

function isResource(name: string): name is keyof RunResources {
  return Object.hasOwn(ATTRS, name);
}

function checkResource(name: keyof RunResources, option: string, value: unknown): string {
  if (name === "cpusetCpus" || name === "cpusetMems") {
    const text = checkText(option, value as string);
    if (!SET.test(text)) throw invalidOption(option, `${option} is ${showValue(value)}, not as 0-3 or 0,1`);
    return text;
  }
  const isUnlimited = name === "memorySwap" && value === -1;
  if (!isUnlimited && !(Number.isSafeInteger(value) && (value as number) > 0))
    throw invalidOption(option, `${option} is ${showValue(value)}, not a whole number from 1`);
  return String(value);
}
