// SPDX-License-Identifier: Apache-2.0
import type { DockerConfig } from "./docker-config.js";
import { ANONYMOUS, type RegistryAuth } from "./registry-auth.js";
import { convertToHostname, toCanonicalKey } from "./registry-host.js";

/** Where the credentials for a name are: known already, or to be asked of a helper program. */
export type Lookup =
  | { readonly kind: "known"; readonly auth: RegistryAuth }
  | {
      readonly kind: "helper";
      /** The part of the program's name behind `docker-credential-`. */
      readonly helper: string;
      /** What to ask the helper for. */
      readonly serverUrl: string;
      /** What the file holds beside it. */
      readonly fileAuth: RegistryAuth;
    };

/** What a helper answered: `undefined` when it has no credentials. */
export type HelperAnswer = { readonly username: string; readonly secret: string } | undefined;

/** The user name by which a helper says that the secret is an identity token. */
const TOKEN_USERNAME = "<token>";

/**
 * Decides where the credentials for `name` are: the environment first, then the helper of the registry or of
 * all, then the file. Must match docker/cli config/configfile GetAuthConfig.
 */
export function planLookup(
  config: DockerConfig,
  environment: ReadonlyMap<string, RegistryAuth> | undefined,
  name: string,
): Lookup {
  const key = toCanonicalKey(name);
  const fromEnvironment = environment?.get(key);
  if (fromEnvironment) return { kind: "known", auth: fromEnvironment };
  const helper = (key === "" ? undefined : config.credHelpers.get(key)) ?? config.credsStore;
  const fileAuth = findInFile(config, key);
  return helper === ""
    ? { kind: "known", auth: fileAuth }
    : { kind: "helper", helper, serverUrl: key, fileAuth };
}

/** Joins a helper's answer with what the file has beside it: never the file's own user and password. */
export function applyHelperAnswer(
  { serverUrl, fileAuth }: Extract<Lookup, { kind: "helper" }>,
  answer: HelperAnswer,
): RegistryAuth {
  const { registryToken } = fileAuth;
  const kept = registryToken === undefined ? {} : { registryToken };
  if (answer === undefined) return { ...ANONYMOUS, ...kept };
  const { username, secret } = answer;
  if (username !== TOKEN_USERNAME) return { username, password: secret, ...kept, serverAddress: serverUrl };
  const token = secret === "" ? {} : { identityToken: secret };
  return { ...ANONYMOUS, ...token, ...kept, serverAddress: serverUrl };
}

function findInFile(config: DockerConfig, key: string): RegistryAuth {
  const exact = config.auths.get(key);
  if (exact) return exact;
  for (const [registry, auth] of config.auths) {
    if (convertToHostname(registry) === key) return auth;
  }
  return ANONYMOUS;
}
