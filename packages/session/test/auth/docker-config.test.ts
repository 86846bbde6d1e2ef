// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { parseAuthEnvironment, parseDockerConfig } from "../../src/auth/docker-config.js";

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

describe("parseDockerConfig()", () => {
  test("reads keys in any case, as Go does", () => {
    const config = parseDockerConfig(`{"Auths": {"r.io": {"AUTH": "${base64("u:p")}"}}, "CREDSSTORE": "s"}`);
    expect(config.auths.get("r.io")).toEqual({ username: "u", password: "p", serverAddress: "r.io" });
    expect(config.credsStore).toBe("s");
  });

  test("allows line breaks in base64", () => {
    const config = parseDockerConfig('{"auths": {"r.io": {"auth": "dT\\r\\npw\\n"}}}');
    expect(config.auths.get("r.io")).toMatchObject({ username: "u", password: "p" });
  });

  test("takes null for anything that may be left out", () => {
    const config = parseDockerConfig(
      '{"auths": {"r.io": null}, "credHelpers": {"s.io": null}, "credsStore": null}',
    );
    expect(config.auths.get("r.io")).toEqual({ username: "", password: "", serverAddress: "r.io" });
    expect(config.credHelpers.get("s.io")).toBe("");
    expect(config.credsStore).toBe("");
  });

  test("joins what is given twice, as Go does", () => {
    const twice = '"auths": {"r.io": {"username": "a"}, "s.io": {}}, "AUTHS": {"r.io": {"username": "b"}}';
    const names = (text: string) =>
      [...parseDockerConfig(text).auths].map(([registry, auth]) => [registry, auth.username]);
    expect(names(`{${twice}}`)).toEqual([
      ["r.io", "b"],
      ["s.io", ""],
    ]);
    expect(names(`{"auths": {"r.io": {}}, "auths": null}`)).toEqual([]);
    expect(
      parseDockerConfig('{"credsStore": "s", "credsStore": null, "x": ["}", {"y": ",\\""}]}'),
    ).toMatchObject({
      credsStore: "s",
    });
  });

  test.each(["null", "nullx", ' null{"auths": 5}'])("takes %j for an empty file", (text) => {
    expect(parseDockerConfig(text).auths.size).toBe(0);
  });

  test("keeps a registry that is called __proto__ apart", () => {
    const config = parseDockerConfig('{"auths": {"__proto__": {"username": "u"}}}');
    expect(config.auths.get("__proto__")).toMatchObject({ username: "u" });
    expect(config.auths.get("r.io")).toBeUndefined();
  });

  test.each([
    ["a list", "[]"],
    ["a string", '"x"'],
    ["a byte-order mark", "\ufeff{}"],
    ["auths that are a list", '{"auths": []}'],
    ["an entry that is text", '{"auths": {"r.io": "x"}}'],
    ["a user name that is a number", '{"auths": {"r.io": {"username": 1}}}'],
    ["a store that is a number", '{"credsStore": 1}'],
    ["keys to detach that are a number", '{"detachKeys": 7}'],
    ["headers that are a number", '{"HttpHeaders": {"a": 5}}'],
    ["filters that are text", '{"pruneFilters": "x"}'],
    ["a proxy that is text", '{"proxies": {"default": "x"}}'],
    ["a proxy's host that is a list", '{"proxies": {"default": {"httpProxy": []}}}'],
    ["options of a plugin that are numbers", '{"plugins": {"p": {"o": 1}}}'],
    ["an address that is a number", '{"auths": {"r.io": {"serveraddress": 1}}}'],
    ["a helper that is a list", '{"credHelpers": {"r.io": []}}'],
    ["a brace that is not closed", '{"auths": {}'],
    ["a comment", "{/* */}"],
  ])("refuses %s", (_, text) => {
    expect(() => parseDockerConfig(text)).toThrow(SyntaxError);
  });

  test.each([
    ['{"auths": {"r.io": {"auth": "c2VjcmV0"}}}', "c2VjcmV0"],
    ['{"auths": {"r.io": {"auth": "sEcReT!"}}}', "sEcReT"],
    ['{"auths": {"r.io": {"password": "hunter2"} oops}}', "hunter2"],
    ['{"auths": {"r.io": {"password": ["hunter2"]}}}', "hunter2"],
  ])("quotes no secret in the error for %s", (text, secret) => {
    const error = thrownBy(() => parseDockerConfig(text));
    expect(error).toBeInstanceOf(SyntaxError);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(secret);
  });
});

describe("parseAuthEnvironment()", () => {
  test("reads entries of user and password", () => {
    const auths = parseAuthEnvironment(`{"auths": {"r.io": {"auth": "${base64("u:p:q")}"}}}`);
    expect(auths.get("r.io")).toEqual({ username: "u", password: "p:q", serverAddress: "r.io" });
  });

  test.each([
    ["a key beside auths", '{"auths": {}, "credsStore": "x"}'],
    ["a key beside auth", '{"auths": {"r.io": {"auth": "dTpw", "email": "e"}}}'],
    ["an entry without auth", '{"auths": {"r.io": {}}}'],
    ["a second object", '{"auths": {}} {}'],
    ["a malformed object", '{"auths":'],
  ])("refuses %s", (_, text) => {
    expect(() => parseAuthEnvironment(text)).toThrow(SyntaxError);
  });
});

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
}
