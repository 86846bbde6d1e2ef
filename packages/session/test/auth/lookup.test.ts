// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { parseAuthEnvironment, parseDockerConfig } from "../../src/auth/docker-config.js";
import { parseHelperAnswer } from "../../src/auth/helper-answer.js";
import { applyHelperAnswer, planLookup } from "../../src/auth/lookup.js";
import type { RegistryAuth } from "../../src/auth/registry-auth.js";
import { convertToHostname } from "../../src/auth/registry-host.js";
import { type CredentialVector, type HelperTable, readCredentialVectors } from "./credential-vectors.js";

const vectors = readCredentialVectors();
const loading = vectors.filter((vector) => vector.load_error === undefined);

function readEnvironment(text: string | undefined): ReadonlyMap<string, RegistryAuth> | undefined {
  try {
    return text === undefined ? undefined : parseAuthEnvironment(text);
  } catch {
    return undefined;
  }
}

function askTable(helpers: HelperTable, helper: string, serverUrl: string) {
  const table = helpers[helper];
  if (!table) throw new Error(`docker-credential-${helper} is not there`);
  const { stdout, exit } = table[serverUrl] ?? {
    stdout: "credentials not found in native keychain\n",
    exit: 1,
  };
  return parseHelperAnswer({ program: helper, exitCode: exit, stdout });
}

function lookUp({ config, env, helpers = {} }: CredentialVector, host: string): RegistryAuth {
  const plan = planLookup(parseDockerConfig(config), readEnvironment(env), host);
  if (plan.kind === "known") return plan.auth;
  return applyHelperAnswer(plan, askTable(helpers, plan.helper, plan.serverUrl));
}

describe("planLookup() finds what docker finds", () => {
  for (const vector of loading) {
    test.each(vector.hosts ?? [])(`${vector.id} ${vector.group}: $host`, ({ host, auth, error }) => {
      if (error !== undefined) {
        expect(() => lookUp(vector, host)).toThrow();
        return;
      }
      const found = lookUp(vector, host);
      expect({
        username: found.username,
        password: found.password,
        identity_token: found.identityToken,
        registry_token: found.registryToken,
        server_address: found.serverAddress,
      }).toEqual({
        identity_token: undefined,
        registry_token: undefined,
        server_address: undefined,
        ...auth,
      });
    });
  }
});

describe("parseDockerConfig() refuses what docker refuses", () => {
  const refused = vectors.filter((vector) => vector.load_error !== undefined);
  test.each(refused)("$id $group: $load_error", ({ config }) => {
    expect(() => parseDockerConfig(config)).toThrow(SyntaxError);
  });
});

describe("convertToHostname()", () => {
  test.each(loading.flatMap((vector) => vector.hosts ?? []))("$host -> $convert_hostname", (vector) => {
    expect(convertToHostname(vector.host)).toBe(vector.convert_hostname);
  });

  test.each([
    ["https://Reg.Example.com:443/v2/", "Reg.Example.com:443"],
    ["https://user:secret@r.io/v1/", "r.io"],
    ["https://r.io:/v1/", "r.io"],
    ["http://r.io?x=/", "r.io"],
    ["http://not a host/v1", "http:"],
    ["https://", "https:"],
    ["r.io/a://b", "r.io"],
    ["", ""],
  ])("%s -> %s", (key, host) => {
    expect(convertToHostname(key)).toBe(host);
  });
});
