// SPDX-License-Identifier: Apache-2.0
import { Policy } from "@bk/proto/control-codec";
import { PolicySchema } from "@bk/proto/sourcepolicy";
import { fromBinary, toJson } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { resolveSourcePolicy, type SourcePolicy } from "../../src/options/source-policy.js";

function resolved(policy: SourcePolicy) {
  const bytes = Policy.encode(resolveSourcePolicy(policy)).finish();
  return toJson(PolicySchema, fromBinary(PolicySchema, bytes));
}

describe("resolveSourcePolicy()", () => {
  test("says the same as the JSON of a policy file", () => {
    const policy = {
      version: 1,
      rules: [
        { action: "DENY", selector: { identifier: "docker-image://*" } },
        {
          action: "CONVERT",
          selector: {
            identifier: "^https://a/(.*)$",
            matchType: "REGEX",
            constraints: [{ key: "http.checksum", value: "sha256:.*", condition: "MATCHES" }],
          },
          updates: { identifier: "https://b/$1", attrs: { "http.checksum": "sha256:0" } },
        },
      ],
    } as const;

    // Protobuf's JSON leaves out what is the default, and writes 64 bits as text.
    expect(resolved(policy)).toEqual({ ...policy, version: "1" });
  });

  test("reads the spelling of Go's JSON", () => {
    const policy = JSON.parse(
      '{ "rules": [{ "action": "ALLOW", "selector": { "identifier": "x", "match_type": "EXACT" } }] }',
    );
    expect(resolved(policy)).toMatchObject({ rules: [{ selector: { matchType: "EXACT" } }] });
  });

  test.each([
    ["[]", "sourcePolicy"],
    ["{}", "sourcePolicy.rules"],
    ['{ "version": 2, "rules": [] }', "sourcePolicy.version"],
    ['{ "rules": [], "default": "DENY" }', "sourcePolicy.default"],
    ['{ "rules": [{ "action": "deny", "selector": {} }] }', "sourcePolicy.rules[0].action"],
    ['{ "rules": [{ "action": "DENY" }] }', "sourcePolicy.rules[0].selector"],
    ['{ "rules": [{ "action": "DENY", "selector": {} }] }', "sourcePolicy.rules[0].selector.identifier"],
    [
      '{ "rules": [{ "action": "DENY", "selector": { "identifier": "x", "matchtype": "EXACT" } }] }',
      "sourcePolicy.rules[0].selector.matchtype",
    ],
  ])("refuses %s", (json, option) => {
    expect(() => resolveSourcePolicy(JSON.parse(json))).toThrow(
      expect.objectContaining({ code: "BK_OPTIONS_INVALID", option }),
    );
  });
});
