// SPDX-License-Identifier: Apache-2.0
import { homedir } from "node:os";
import type { AbortOptions } from "../abort.js";
import { parseAddress, type SocketAddress } from "../address.js";
import { TransportError } from "../errors.js";
import { redactUserInfo } from "../invalid-address.js";
import type { SshAddress } from "../ssh-address.js";
import type { TlsOptions } from "../tls.js";
import { dockerConfigDir, readCurrentContext, readDockerTlsFiles } from "./config.js";
import { readDockerContext } from "./context.js";

export type DockerAddress = SocketAddress | SshAddress;

/** Where a Docker Engine's API listens. */
export interface DockerEndpoint {
  readonly address: DockerAddress;
  readonly tls?: TlsOptions | undefined;
  /** What named it, for people: "DOCKER_HOST", "Docker context desktop-linux", "default socket". */
  readonly source: string;
  /** Of the ssh program, for an ssh address. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface ResolveDockerOptions extends AbortOptions {
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Default the user's. */
  readonly homeDir?: string | undefined;
  /** A context of the docker CLI by name, whatever the environment says. */
  readonly context?: string | undefined;
}

/**
 * Finds Docker as the docker CLI does: DOCKER_HOST (with DOCKER_TLS_VERIFY and DOCKER_CERT_PATH), else the
 * context of DOCKER_CONTEXT, else the configuration's currentContext, else the default socket. Reads files
 * and dials nothing.
 *
 * Must match docker/cli: command.go resolveContextName, opts/hosts.go ParseHost.
 *
 * @throws {TransportError} `BK_DOCKER_CONFIG_INVALID`, `BK_ADDRESS_INVALID`.
 */
export async function resolveDockerEndpoint({
  env = process.env,
  ...options
}: ResolveDockerOptions = {}): Promise<DockerEndpoint> {
  options.signal?.throwIfAborted();
  const endpoint = await findEndpoint(env, options);
  return endpoint.address.kind === "ssh" ? { ...endpoint, env } : endpoint;
}

async function findEndpoint(
  env: Readonly<Record<string, string | undefined>>,
  { homeDir = homedir(), context, signal }: ResolveDockerOptions,
): Promise<DockerEndpoint> {
  const configDir = dockerConfigDir(env, homeDir);
  const host = env["DOCKER_HOST"] ?? "";
  const contextName = context ?? (host === "" ? await currentContextName(env, configDir, signal) : "default");
  if (contextName !== "default") return contextEndpoint(configDir, contextName, signal);
  const useTls = (env["DOCKER_TLS_VERIFY"] ?? "") !== "";
  if (host === "" && !useTls) return { address: defaultAddress(), source: "default socket" };
  const text = host === "" ? "tcp://localhost" : host;
  const address = parseDockerHost(text, useTls, "DOCKER_HOST");
  if (!useTls || address.kind !== "tcp") return { address, source: "DOCKER_HOST" };
  const certDir = env["DOCKER_CERT_PATH"] || configDir;
  return { address, tls: await readDockerTlsFiles(certDir, { signal }), source: "DOCKER_HOST" };
}

async function currentContextName(
  env: Readonly<Record<string, string | undefined>>,
  configDir: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  return env["DOCKER_CONTEXT"] || (await readCurrentContext(configDir, { signal })) || "default";
}

async function contextEndpoint(
  configDir: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<DockerEndpoint> {
  const source = `Docker context ${name}`;
  const { host, tls, skipTlsVerify } = await readDockerContext(configDir, name, { signal });
  const address = parseDockerHost(host, tls !== undefined, source);
  if (address.kind !== "tcp") return { address, source };
  if (skipTlsVerify) {
    throw new TransportError(
      "BK_DOCKER_CONFIG_INVALID",
      `${source} turns TLS verification off, which is not supported. Give the context a CA: docker context update ${name} --docker host=…,ca=…`,
      { endpoint: redactUserInfo(host) },
    );
  }
  return tls === undefined ? { address, source } : { address, tls, source };
}

function defaultAddress(): DockerAddress {
  return process.platform === "win32"
    ? { kind: "npipe", path: "//./pipe/docker_engine" }
    : { kind: "unix", path: "/var/run/docker.sock" };
}

/** Docker's host syntax: as `parseAddress`, but scheme and port may be left out. */
function parseDockerHost(text: string, useTls: boolean, source: string): DockerAddress {
  const scheme = /^([a-z]+):\/\//.exec(text)?.[1];
  if (scheme !== undefined && !["tcp", "unix", "npipe", "ssh"].includes(scheme)) {
    throw new TransportError(
      "BK_DOCKER_CONFIG_INVALID",
      `${source} says ${JSON.stringify(redactUserInfo(text))}, and ${scheme}:// is not supported. Supported are unix://, tcp://, ssh:// and, on Windows, npipe://`,
      { endpoint: redactUserInfo(text) },
    );
  }
  const full = scheme === undefined ? `tcp://${text}` : text;
  if (!full.startsWith("tcp://")) return parseDockerAddress(full);
  const hasPort = /:[^\]/]*$/.test(full.slice("tcp://".length));
  return parseDockerAddress(hasPort ? full : `${full}:${useTls ? 2376 : 2375}`);
}

/** For text whose scheme was found to be one of Docker's. */
function parseDockerAddress(text: string): DockerAddress {
  return parseAddress(text) as DockerAddress;
}
