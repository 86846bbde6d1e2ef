// SPDX-License-Identifier: Apache-2.0
// What docker finds in many more configurations: conformance/vectors/authconfig.json.
import { describe, expect, test } from "vitest";
import { parseDockerConfig } from "../../src/auth/docker-config.js";
import { applyHelperAnswer, type Lookup, planLookup } from "../../src/auth/lookup.js";

const config = parseDockerConfig(`{
  "auths": {
    "r.io": { "auth": "dTpw" },
    "https://old.io/v1/": { "auth": "dTpw", "registrytoken": "bearer" }
  },
  "credHelpers": { "aws.io": "ecr-login" }
}`);

describe("planLookup()", () => {
  test("takes the environment before everything else", () => {
    const environment = new Map([["aws.io", { username: "e", password: "q" }]]);
    expect(planLookup(config, environment, "aws.io")).toMatchObject({
      kind: "known",
      auth: { username: "e" },
    });
  });

  test("finds an entry by name, and an old one by the host in its URL", () => {
    expect(planLookup(config, undefined, "r.io")).toMatchObject({ kind: "known", auth: { username: "u" } });
    expect(planLookup(config, undefined, "old.io")).toMatchObject({ kind: "known", auth: { username: "u" } });
    expect(planLookup(config, undefined, "other.io")).toEqual({
      kind: "known",
      auth: { username: "", password: "" },
    });
  });

  test("sends a registry that has a helper to it, and the others nowhere", () => {
    expect(planLookup(config, undefined, "aws.io")).toMatchObject({
      kind: "helper",
      helper: "ecr-login",
      serverUrl: "aws.io",
    });
  });
});

describe("applyHelperAnswer()", () => {
  const store = { ...config, credsStore: "store" };
  const lookup = planLookup(store, undefined, "old.io") as Extract<Lookup, { kind: "helper" }>;

  test("never falls back to the password of the file", () => {
    expect(applyHelperAnswer(lookup, undefined)).toEqual({
      username: "",
      password: "",
      registryToken: "bearer",
    });
  });

  test("takes the secret of the user <token> for an identity token", () => {
    expect(applyHelperAnswer(lookup, { username: "<token>", secret: "i" })).toMatchObject({
      username: "",
      password: "",
      identityToken: "i",
    });
  });
});
