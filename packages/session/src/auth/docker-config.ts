// SPDX-License-Identifier: Apache-2.0
import {
  isObject,
  type JsonObject,
  lowerCaseEntries,
  parseFirstObject,
  readEntries,
  readText,
} from "./lenient-json.js";
import type { RegistryAuth } from "./registry-auth.js";

/** The parts of Docker's config.json that concern credentials. */
export interface DockerConfig {
  /** Credentials by registry, which is a host or an old-style URL. */
  readonly auths: ReadonlyMap<string, RegistryAuth>;
  /** Names of the helper programs of single registries. Empty: the registry has none, not even the store. */
  readonly credHelpers: ReadonlyMap<string, string>;
  /** Name of the helper program of all other registries, or "". */
  readonly credsStore: string;
}

/**
 * Parses the text of a config.json. Must read what docker/cli config/configfile LoadFromReader reads.
 *
 * @throws {SyntaxError} whose message quotes nothing of the text.
 */
export function parseDockerConfig(text: string): DockerConfig {
  const { object } = parseFirstObject(text);
  const auths = new Map<string, RegistryAuth>();
  for (const [registry, entry] of readEntries(object, "auths"))
    auths.set(registry, parseAuth(registry, entry));
  const credHelpers = new Map<string, string>();
  for (const [registry, name] of readEntries(object, "credhelpers")) {
    if (name !== null && typeof name !== "string")
      throw new SyntaxError('"credHelpers" holds more than strings');
    credHelpers.set(registry, name ?? "");
  }
  return { auths, credHelpers, credsStore: readText(object, "credsstore") };
}

/**
 * Parses the value of DOCKER_AUTH_CONFIG: `{"auths": {"<registry>": {"auth": "<base64 of user:password>"}}}`
 * and nothing else. Must match docker/cli config/configfile parseEnvConfig.
 *
 * @throws {SyntaxError} whose message quotes nothing of the text.
 */
export function parseAuthEnvironment(text: string): ReadonlyMap<string, RegistryAuth> {
  const { object, rest } = parseFirstObject(text);
  if (/^[^\]}]/.test(rest.replace(/^[ \t\r\n]+/, ""))) throw new SyntaxError("More than one JSON value");
  assertOnlyKey(object, "auths");
  const auths = new Map<string, RegistryAuth>();
  for (const [registry, entry] of readEntries(object, "auths")) {
    const auth = isObject(entry) ? readText(entry, "auth") : "";
    if (auth === "" || !isObject(entry)) throw new SyntaxError('An entry has no "auth"');
    assertOnlyKey(entry, "auth");
    auths.set(registry, { ...decodeUserAndPassword(auth), serverAddress: registry });
  }
  return auths;
}

function parseAuth(registry: string, entry: unknown): RegistryAuth {
  const fields = entry === null ? {} : entry;
  if (!isObject(fields)) throw new SyntaxError('An entry of "auths" is not an object');
  const encoded = readText(fields, "auth");
  const identityToken = readText(fields, "identitytoken");
  const registryToken = readText(fields, "registrytoken");
  const plain = { username: readText(fields, "username"), password: readText(fields, "password") };
  return {
    ...(encoded === "" ? plain : decodeUserAndPassword(encoded)),
    ...(identityToken === "" ? {} : { identityToken }),
    ...(registryToken === "" ? {} : { registryToken }),
    serverAddress: registry,
  };
}

function assertOnlyKey(object: JsonObject, key: string): void {
  if (lowerCaseEntries(object).some(([name]) => name !== key))
    throw new SyntaxError(`A key other than "${key}"`);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Decodes base64 of `user:password`; padding is required, line breaks and NULs round the password are not. */
function decodeUserAndPassword(encoded: string): { username: string; password: string } {
  const base64 = encoded.replace(/[\r\n]/g, "");
  if (!BASE64.test(base64)) throw new SyntaxError('An "auth" is not base64');
  const text = Buffer.from(base64, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 1) throw new SyntaxError('An "auth" does not hold user:password');
  return { username: text.slice(0, colon), password: trimNuls(text.slice(colon + 1)) };
}

function trimNuls(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text[start] === "\0") start++;
  while (end > start && text[end - 1] === "\0") end--;
  return text.slice(start, end);
}
