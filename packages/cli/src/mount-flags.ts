// SPDX-License-Identifier: Apache-2.0

import { stat } from "node:fs/promises";
import type { BuildOptions, SshSource } from "@bk/client";
import type { Command } from "commander";
import { append, isGiven } from "./repeatable.js";
import { UsageError } from "./usage-error.js";

export interface MountFlags {
  readonly secret?: readonly string[];
  readonly ssh?: readonly string[];
}

const RAW = /^raw=/;

type Environment = Readonly<Record<string, string | undefined>>;

/** As docker buildx reads it: `ssh://git@host/app.git`, `git@host:app.git`. */
const GIT_OVER_SSH = /^ssh:\/\/|^[\w.-]+@[\w.-]+:/i;

export function addMountOptions(command: Command): Command {
  return command
    .option(
      "--secret <spec>",
      "what steps may mount: id=NAME,src=FILE, or id=NAME,env=VARIABLE (repeatable; default: none)",
      append,
    )
    .option(
      "--ssh <spec>",
      "SSH agent that steps may mount: default, ID=SOCKET, or ID=KEYFILE,KEYFILE; ID=SOCKET,raw=true for what is no agent (repeatable; default: none, but the agent for a git repository over SSH)",
      append,
    );
}

/**
 * Turns `--secret` and `--ssh` into options. Must read what docker buildx reads: a repository that is fetched over SSH
 * has the user's own agent, when none is given.
 *
 * @throws {UsageError} for an agent that is there twice; {SolverError} `BK_OPTIONS_INVALID` for a malformed secret.
 */
export async function toMountOptions(
  contextPath: string,
  { secret, ssh: given }: MountFlags,
  env: Environment,
): Promise<Pick<BuildOptions, "secrets" | "ssh">> {
  const ssh = given ?? (GIT_OVER_SSH.test(contextPath) ? ["default"] : undefined);
  if (secret === undefined && ssh === undefined) return {};
  const { parseSecretFlag, parseSshFlag, toSecretSource } = await import("@bk/solver/flags");
  const secrets = (secret ?? []).filter(isGiven).map(parseSecretFlag);
  const agents = new Map<string, SshSource>();
  for (const { id, paths } of (ssh ?? []).filter(isGiven).map(parseSshFlag)) {
    if (agents.has(id || "default")) throw new UsageError(`--ssh has two agents ${JSON.stringify(id)}`);
    agents.set(id || "default", await toSshSource(paths));
  }
  return {
    secrets: Object.fromEntries(secrets.map((flag) => [flag.id, toSecretSource(flag, env)])),
    ssh: Object.fromEntries(agents),
  };
}

/**
 * A socket is an agent's, anything else a private key; nothing is the user's own agent. With `raw=true`, as buildctl has
 * it, whatever listens on the socket.
 */
async function toSshSource(given: readonly string[]): Promise<SshSource> {
  const paths = given.filter((path) => !RAW.test(path));
  const [path = "", ...more] = paths;
  if (await isRaw(given)) {
    if (path === "" || more.length > 0) throw new UsageError("--ssh with raw=true needs one socket");
    return { rawSocket: path };
  }
  if (more.length > 0) return { keyFiles: paths };
  if (path === "") return {};
  return (await isSocket(path)) ? { agentSocket: path } : { keyFiles: paths };
}

/** The last one counts. */
async function isRaw(given: readonly string[]): Promise<boolean> {
  const field = given.findLast((path) => RAW.test(path));
  if (field === undefined) return false;
  const { parseBool } = await import("@bk/solver/flags");
  const raw = parseBool(field.replace(RAW, ""));
  if (raw === undefined) throw new UsageError(`--ssh takes raw=true or raw=false, and got ${field}`);
  return raw;
}

async function isSocket(path: string): Promise<boolean> {
  if (/^[\\/]{2}[^\\/]+[\\/]+pipe[\\/]/i.test(path)) return true; // a named pipe of Windows
  try {
    return (await stat(path)).isSocket();
  } catch {
    return false; // whoever opens it says what is wrong
  }
}
