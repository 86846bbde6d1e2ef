// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { convertToHostname, toCanonicalKey, toConfigKey } from "../../src/auth/registry-host.js";

describe("Docker Hub's key", () => {
  test("is that of its old index, for the daemon's name and for the user's", () => {
    expect(toConfigKey("registry-1.docker.io")).toBe("https://index.docker.io/v1/");
    expect(toCanonicalKey("docker.io")).toBe("https://index.docker.io/v1/");
    expect(toConfigKey("docker.io")).toBe("docker.io");
    expect(toCanonicalKey("ghcr.io")).toBe("ghcr.io");
  });
});

describe("convertToHostname()", () => {
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
