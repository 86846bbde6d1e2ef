// SPDX-License-Identifier: Apache-2.0
import { isIP } from "node:net";
import { SolverError } from "../errors.js";
import { checkText } from "./check-option.js";
import { invalidOption, showValue } from "./invalid-option.js";
import { type RunResources, resolveRunResources } from "./run-resources.js";

/** What RUN steps run with. */
export interface RunOptions {
  /** `host` is the daemon's own network, and asks for the entitlement that it needs; `none` has no network. */
  readonly network?: "default" | "host" | "none" | undefined;
  /**
   * More lines of /etc/hosts: addresses by host name. `host-gateway` is the address at which steps reach the machine of
   * a Docker daemon.
   */
  readonly hosts?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Bytes of /dev/shm. */
  readonly shmSize?: number | undefined;
  /** Limits by the names of `docker run --ulimit`, such as `nofile`; -1 is unlimited. One number is both. */
  readonly ulimits?: Readonly<Record<string, number | Ulimit>> | undefined;
  /** The cgroup below which the daemon puts those of the steps. */
  readonly cgroupParent?: string | undefined;
  /** Limits of memory and CPU. Default none. */
  readonly resources?: RunResources | undefined;
}

export interface Ulimit {
  readonly soft: number;
  readonly hard: number;
}

export interface ResolvedRunOptions {
  readonly network: "host" | "none" | undefined;
  readonly hosts: readonly (readonly [host: string, address: string])[];
  readonly shmSize: number | undefined;
  readonly ulimits: readonly (readonly [name: string, limit: Ulimit])[];
  readonly cgroupParent: string | undefined;
  /** As attributes of the frontend. */
  readonly resources: Readonly<Record<string, string>>;
}

/** Stands for an address that the daemon tells. */
const HOST_GATEWAY = "host-gateway";
const HOST_NAME = /^[^\s,"=\p{Cc}]+$/u;
/** Must match the daemon: docker/go-units. */
const ULIMITS: ReadonlySet<string> = new Set(
  "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(
    " ",
  ),
);

/** @throws {SolverError} `BK_OPTIONS_INVALID` */
export function resolveRunOptions(run: RunOptions): ResolvedRunOptions {
  const { network = "default", hosts = {}, shmSize, ulimits = {}, cgroupParent, resources = {} } = run;
  if (network !== "default" && network !== "host" && network !== "none") {
    throw invalidOption(
      "run.network",
      `run.network is ${showValue(network)}, not default, host or none: BuildKit knows no other networks`,
    );
  }
  if (shmSize !== undefined && !(Number.isSafeInteger(shmSize) && shmSize > 0)) {
    throw invalidOption("run.shmSize", `run.shmSize is ${showValue(shmSize)}, not a number of bytes`);
  }
  if (cgroupParent !== undefined && checkText("run.cgroupParent", cgroupParent) === "")
    throw invalidOption("run.cgroupParent", "run.cgroupParent is empty");
  return {
    network: network === "default" ? undefined : network,
    hosts: Object.entries(hosts).flatMap(([host, addresses]) => resolveHost(host, addresses)),
    shmSize,
    ulimits: Object.entries(ulimits)
      .map(([name, limit]) => [name, resolveUlimit(name, limit)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    cgroupParent,
    resources: resolveRunResources(resources),
  };
}

function resolveHost(host: string, addresses: string | readonly string[]): (readonly [string, string])[] {
  const option = `run.hosts.${host}`;
  if (!HOST_NAME.test(host)) throw invalidOption("run.hosts", `${showValue(host)} is not a host name`);
  return (Array.isArray(addresses) ? addresses : [addresses]).map((address) => {
    // The daemon takes no zone, as in fe80::1%eth0.
    if (checkText(option, address) !== HOST_GATEWAY && (isIP(address) === 0 || address.includes("%"))) {
      throw invalidOption(option, `${option} is ${showValue(address)}, not an IP address or host-gateway`);
    }
    return [host, address] as const;
  });
}

function resolveUlimit(name: string, limit: number | Ulimit): Ulimit {
  const option = `run.ulimits.${name}`;
  if (!ULIMITS.has(name)) throw invalidOption(option, `There is no ulimit ${showValue(name)}`);
  const { soft, hard } = typeof limit === "object" && limit !== null ? limit : { soft: limit, hard: limit };
  for (const value of [soft, hard]) {
    if (!Number.isSafeInteger(value) || value < -1)
      throw invalidOption(option, `${option} is ${showValue(value)}: expected a whole number, or -1`);
  }
  if (hard !== -1 && (soft === -1 || soft > hard))
    throw invalidOption(option, `The soft limit of ${option}, ${soft}, is above the hard limit, ${hard}`);
  return { soft, hard };
}

/** Whether the daemon must be asked for the address of its machine. */
export function needsHostGateway({ hosts }: ResolvedRunOptions): boolean {
  return hosts.some(([, address]) => address === HOST_GATEWAY);
}

/**
 * The Dockerfile frontend's attributes.
 *
 * @throws {SolverError} `BK_UNSUPPORTED` when a host needs an address that the daemon did not tell
 */
export function toRunAttrs(run: ResolvedRunOptions, hostGateway: string | undefined): Record<string, string> {
  const hosts = run.hosts.map(([host, address]) => {
    if (address !== HOST_GATEWAY) return `${host}=${address}`;
    if (hostGateway !== undefined) return `${host}=${hostGateway}`;
    throw new SolverError(
      "BK_UNSUPPORTED",
      `The daemon has no host-gateway address for ${host}: only a BuildKit inside Docker tells one`,
    );
  });
  const ulimits = run.ulimits.map(([name, { soft, hard }]) => `${name}=${soft}:${hard}`);
  return {
    ...(run.network !== undefined && { "force-network-mode": run.network }),
    ...(hosts.length > 0 && { "add-hosts": hosts.join(",") }),
    ...(run.shmSize !== undefined && { "shm-size": String(run.shmSize) }),
    ...(ulimits.length > 0 && { ulimit: ulimits.join(",") }),
    ...(run.cgroupParent !== undefined && { "cgroup-parent": run.cgroupParent }),
    ...run.resources,
  };
}
