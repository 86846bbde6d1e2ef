// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { AbortOptions } from "@bk/transport";
import type { Environment } from "../environment.js";
import { SessionError } from "../errors.js";
import { askCredentialHelper } from "./credential-helper.js";
import { type DockerConfig, parseAuthEnvironment, parseDockerConfig } from "./docker-config.js";
import { findDockerConfigDir } from "./docker-config-dir.js";
import { applyHelperAnswer, planLookup } from "./lookup.js";
import type { CredentialSource, RegistryAuth } from "./registry-auth.js";
import { toConfigKey } from "./registry-host.js";
import { createSharedLookup } from "./shared-lookup.js";

/** Tokens of some helpers expire after 5 min. The same as in BuildKit's session/auth/authprovider. */
const MAX_AGE_MS = (4 * 60 + 50) * 1000;

export interface DockerCredentialsOptions {
  /** DOCKER_CONFIG, DOCKER_AUTH_CONFIG and PATH are read from here. Default: the process's environment. */
  readonly env?: Environment | undefined;
  /** Where `.docker` is looked for when DOCKER_CONFIG is not set. Default: the user's home folder. */
  readonly homeDir?: string | undefined;
}

/**
 * Credentials as the docker command finds them: DOCKER_AUTH_CONFIG, then the credential helpers and entries of
 * config.json. One lookup a host at a time; an answer is kept for 4 min 50 s. A malformed DOCKER_AUTH_CONFIG is
 * passed over, as docker does. A missing config.json means no credentials.
 *
 * `credentialsFor` throws {SessionError} `BK_CREDENTIALS_FAILED` when config.json cannot be read or a helper
 * fails: there is no falling back to other credentials.
 */
export function createDockerCredentials(options: DockerCredentialsOptions = {}): CredentialSource {
  const env = options.env ?? process.env;
  const file = path.join(findDockerConfigDir(options), "config.json");
  const credentialsFor = createSharedLookup({
    lookup: (host, { signal }) => findRegistryAuth(toConfigKey(host), { file, env, signal }),
    maxAgeMs: MAX_AGE_MS,
  });
  return { credentialsFor };
}

export interface FindRegistryAuthOptions extends AbortOptions {
  /** A config.json. */
  readonly file: string;
  readonly env: Environment;
}

/**
 * Looks up what Docker has for a registry as its own files name it: `https://index.docker.io/v1/` or `docker.io` for
 * Docker Hub. Must match docker/cli config/configfile GetAuthConfig.
 *
 * @throws {SessionError} `BK_CREDENTIALS_FAILED`.
 */
export async function findRegistryAuth(
  host: string,
  { file, env, signal }: FindRegistryAuthOptions,
): Promise<RegistryAuth> {
  // The daemon chooses the host, and a helper reads it as a line.
  if (/\p{Cc}/u.test(host)) {
    throw new SessionError(
      "BK_CREDENTIALS_FAILED",
      "The daemon asked for the credentials of a malformed host name",
    );
  }
  const plan = planLookup(await readConfig(file), readEnvironment(env), host);
  if (plan.kind === "known") return plan.auth;
  const { helper, serverUrl } = plan;
  return applyHelperAnswer(plan, await askCredentialHelper({ helper, serverUrl, env, signal }));
}

async function readConfig(file: string): Promise<DockerConfig> {
  try {
    return parseDockerConfig(await readFile(file, "utf8"));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return parseDockerConfig("");
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SessionError("BK_CREDENTIALS_FAILED", `Cannot read the Docker config ${file}: ${why}`, {
      cause,
    });
  }
}

function readEnvironment(env: Environment): ReadonlyMap<string, RegistryAuth> | undefined {
  const text = env["DOCKER_AUTH_CONFIG"];
  if (!text) return undefined;
  try {
    return parseAuthEnvironment(text);
  } catch {
    return undefined;
  }
}
