// SPDX-License-Identifier: Apache-2.0
import { type Attachable, checkSecret, createSecrets, createSshForward, type Environment } from "@bk/session";
import type { AbortOptions } from "@bk/transport";
import { asOption } from "./as-option.js";
import type { ResolvedSolveOptions } from "./options/solve-options.js";

export interface MountOptions extends AbortOptions {
  /** Where variables with secrets, and `SSH_AUTH_SOCK`, are looked up. */
  readonly env: Environment;
}

/**
 * The session services behind what build steps mount: secrets and SSH agents, each made sure to be there.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` for a secret, a key or an agent that cannot be used.
 */
export async function createMountServices(
  { secrets, ssh }: Pick<ResolvedSolveOptions, "secrets" | "ssh">,
  { env, signal }: MountOptions,
): Promise<readonly Attachable[]> {
  for (const [id, source] of secrets) await asOption(`secrets.${id}`, checkSecret(id, source, env));
  const services: Attachable[] = [];
  if (secrets.size > 0) services.push(createSecrets({ secrets, env }));
  if (ssh.size > 0) services.push(await asOption("ssh", createSshForward({ agents: ssh, env, signal })));
  return services;
}
