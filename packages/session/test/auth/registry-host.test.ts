// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import {
  convertToHostname,
  isRegistryHost,
  toCanonicalKey,
  toConfigKey,
} from "../../src/auth/registry-host.js";

describe("Docker Hub's key", () => {
  test("is that of its old index, for the daemon's name and for the user's", () => {
    expect(toConfigKey("registry-1.docker.io")).toBe("https://index.docker.io/v1/");
    expect(toCanonicalKey("docker.io")).toBe("https://index.docker.io/v1/");
    expect(toConfigKey("docker.io")).toBe("docker.io");
    expect(toCanonicalKey("ghcr.io")).toBe("ghcr.io");
  });
});

describe("isRegistryHost()", () => {
  test.each(["registry-1.docker.io", "localhost:5000", "my_registry:80", "10.0.0.1", "[::1]:5000", "r"])(
    "knows %s",
    (text) => {
      expect(isRegistryHost(text)).toBe(true);
    },
  );

  test.each([
    "",
    "https://ghcr.io/v1/",
    "ghcr.io/",
    "ghcr.io@evil.example",
    "evil.example#ghcr.io",
    "evil.example?ghcr.io",
    "evil.example\\ghcr.io",
    "ghcr.io:",
    "ghcr.io:https",
    "-ghcr.io",
    "ghcr.io\n",
    "gh cr.io",
    "::1",
  ])("does not take %j for one", (text) => {
    expect(isRegistryHost(text)).toBe(false);
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
    ["//r.io/a://b", "r.io"],
    ["///r.io/a://b", ""],
    ["https://[fe80::1%25en0]:1/", "[fe80::1%en0]:1"],
    ["https://[fe80::1%en0]:1/", "https:"],
    ["https://[::1]:/", "::1"],
    ["https://[1.2.3.4]/", "https:"],
    ["https://r[.io/", "https:"],
    ["https://r.io/%zz", "https:"],
    ["https://r.io/#%zz", "https:"],
    ["https://r.io/?%zz", "r.io"],
    ["https://u%zz@r.io/", "https:"],
    ["https://r%C3%A9.io/", "r\u00e9.io"],
    ["https://r%41.io/", "https:"],
    ["https://r:8:9/", "https:"],
    ["db://r:8:9/", "[r:8]:9"],
    ["", ""],
  ])("%s -> %s", (key, host) => {
    expect(convertToHostname(key)).toBe(host);
  });
});
