// SPDX-License-Identifier: Apache-2.0
import { type Field, isObject, parseFirstObject, readEntries, readText, toFields } from "./lenient-json.js";
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
  const { members } = parseFirstObject(text);
  checkOtherFields(members);
  const auths = new Map<string, RegistryAuth>();
  for (const [registry, entry] of readEntries(members, "auths"))
    auths.set(registry, parseAuth(registry, entry));
  const credHelpers = new Map(readTexts(members, "credhelpers"));
  return { auths, credHelpers, credsStore: readText(members, "credsstore") };
}

const OTHER_TEXTS = (
  "psformat imagesformat networksformat pluginsformat volumesformat statsformat detachkeys serviceinspectformat " +
  "servicesformat tasksformat secretformat configformat nodesformat currentcontext"
).split(" ");
const OTHER_LISTS = ["prunefilters", "clipluginsextradirs"];
const OTHER_MAPS = ["httpheaders", "aliases", "features"];
const PROXY_TEXTS = ["httpproxy", "httpsproxy", "noproxy", "ftpproxy", "allproxy"];

/** Docker takes a file with a field of another type for broken, whatever the field is for. */
function checkOtherFields(members: readonly Field[]): void {
  for (const name of OTHER_TEXTS) readText(members, name);
  for (const name of OTHER_MAPS) readTexts(members, name);
  for (const { name, value } of members) if (OTHER_LISTS.includes(name)) checkTextList(name, value);
  for (const [, proxy] of readEntries(members, "proxies"))
    for (const name of PROXY_TEXTS) readText(requireFields("proxies", proxy), name);
  for (const [plugin, options] of readEntries(members, "plugins"))
    readTexts([{ name: plugin, value: options }], plugin);
}

function checkTextList(name: string, value: unknown): void {
  const items: readonly unknown[] | undefined = Array.isArray(value)
    ? value
    : value === null
      ? []
      : undefined;
  if (!items?.every((item) => item === null || typeof item === "string"))
    throw new SyntaxError(`"${name}" is not a list of strings`);
}

function readTexts(fields: readonly Field[], name: string): [string, string][] {
  return readEntries(fields, name).map(([key, value]) => {
    if (value !== null && typeof value !== "string")
      throw new SyntaxError(`"${name}" holds more than strings`);
    return [key, value ?? ""];
  });
}

function requireFields(name: string, value: unknown): readonly Field[] {
  if (value !== null && !isObject(value)) throw new SyntaxError(`An entry of "${name}" is not an object`);
  return toFields(value ?? {});
}

/**
 * Parses the value of DOCKER_AUTH_CONFIG: `{"auths": {"<registry>": {"auth": "<base64 of user:password>"}}}`
 * and nothing else. Must match docker/cli config/configfile parseEnvConfig.
 *
 * @throws {SyntaxError} whose message quotes nothing of the text.
 */
export function parseAuthEnvironment(text: string): ReadonlyMap<string, RegistryAuth> {
  const { members, rest } = parseFirstObject(text);
  if (/^[^\]}]/.test(rest.replace(/^[ \t\r\n]+/, ""))) throw new SyntaxError("More than one JSON value");
  assertOnlyKey(members, "auths");
  const auths = new Map<string, RegistryAuth>();
  for (const [registry, entry] of readEntries(members, "auths")) {
    const fields = requireFields("auths", entry);
    const auth = readText(fields, "auth");
    if (auth === "") throw new SyntaxError('An entry has no "auth"');
    assertOnlyKey(fields, "auth");
    auths.set(registry, { ...decodeUserAndPassword(auth), serverAddress: registry });
  }
  return auths;
}

function parseAuth(registry: string, entry: unknown): RegistryAuth {
  const fields = requireFields("auths", entry);
  readText(fields, "serveraddress");
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

function assertOnlyKey(fields: readonly Field[], key: string): void {
  if (fields.some(({ name }) => name !== key)) throw new SyntaxError(`A key other than "${key}"`);
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
