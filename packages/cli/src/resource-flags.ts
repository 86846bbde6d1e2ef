// SPDX-License-Identifier: Apache-2.0
import type { RunOptions } from "@bk/client";
import { parseSize } from "./quantity.js";
import { UsageError } from "./usage-error.js";

/** `--resource`, and the older flag of each of its keys, which docker buildx hides. */
export interface ResourceFlags {
  readonly resource?: readonly string[];
  readonly memory?: string;
  readonly memorySwap?: string;
  readonly cpuShares?: string;
  readonly cpuPeriod?: string;
  readonly cpuQuota?: string;
  readonly cpusetCpus?: string;
  readonly cpusetMems?: string;
}

type Resources = NonNullable<RunOptions["resources"]>;

const KEYS = {
  memory: "memory",
  "memory-swap": "memorySwap",
  "cpu-shares": "cpuShares",
  "cpu-period": "cpuPeriod",
  "cpu-quota": "cpuQuota",
  "cpuset-cpus": "cpusetCpus",
  "cpuset-mems": "cpusetMems",
} as const satisfies Readonly<Record<string, keyof Resources>>;

type Key = keyof typeof KEYS;

/**
 * Turns `memory=2g`, `cpu-quota=50000` and so on into options. Must read what docker buildx reads: `--resource` counts
 * before an older flag, and nothing or 0 sets no limit.
 *
 * @throws {UsageError}
 */
export function toResources(flags: ResourceFlags): Resources | undefined {
  const entries = [
    ...Object.entries(KEYS).flatMap(([key, name]) => {
      const value = flags[name];
      return value === undefined ? [] : [parseResource(`--${key}`, key as Key, value)];
    }),
    ...(flags.resource ?? []).map(parseResourceFlag),
  ];
  const given = new Map(entries);
  const resources = Object.fromEntries([...given].filter(([, value]) => value !== 0 && value !== ""));
  return Object.keys(resources).length > 0 ? resources : undefined;
}

function parseResourceFlag(text: string): readonly [keyof Resources, number | string] {
  const [, key = "", value = ""] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/s.exec(text) ?? [];
  if (!Object.hasOwn(KEYS, key)) {
    const known = Object.keys(KEYS).join(", ");
    throw new UsageError(`--resource needs KEY=VALUE with ${known}, and got ${JSON.stringify(text)}`);
  }
  return parseResource(`--resource ${key}`, key as Key, value);
}

function parseResource(flag: string, key: Key, value: string): readonly [keyof Resources, number | string] {
  switch (key) {
    case "cpuset-cpus":
    case "cpuset-mems":
      return [KEYS[key], value];
    case "memory":
      return [KEYS[key], parseSize(flag, value)];
    case "memory-swap":
      return [KEYS[key], value === "-1" ? -1 : parseSize(flag, value)];
    case "cpu-shares":
    case "cpu-period":
    case "cpu-quota":
      return [KEYS[key], parseCount(flag, value)];
  }
}

function parseCount(flag: string, text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new UsageError(`${flag} needs a whole number, and got ${JSON.stringify(text)}`);
  return Number(text);
}
