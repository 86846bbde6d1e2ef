// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import {
  formatPlatformFully,
  hostPlatform,
  normalizePlatform,
  parsePlatform,
} from "../../src/options/platform.js";

// The rules themselves are checked by the recorded cases in conformance/vectors/platforms.json.

const host = { os: "linux", architecture: "amd64" };

describe("parsePlatform()", () => {
  test("fills in from the host what the text leaves out", () => {
    expect(parsePlatform("arm64", host)).toEqual({ os: "linux", architecture: "arm64" });
    expect(parsePlatform("windows", host)).toEqual({ os: "windows", architecture: "amd64" });
  });

  test("keeps a variant that was written", () => {
    expect(parsePlatform("linux/arm64/v8", host)).toEqual({
      os: "linux",
      architecture: "arm64",
      variant: "v8",
    });
  });

  test("takes the variant of an arm host when only the system is given", () => {
    expect(parsePlatform("linux", { os: "linux", architecture: "arm", variant: "v6" }).variant).toBe("v6");
    expect(
      parsePlatform("linux", { os: "linux", architecture: "arm", variant: "v7" }).variant,
    ).toBeUndefined();
  });

  test("takes bytes in an escape that are not UTF-8 for unknown characters", () => {
    expect(parsePlatform("windows(10%ff+%C3%A9)/amd64", host)).toMatchObject({
      osVersion: "10\ufffd",
      osFeatures: ["\u00e9"],
    });
  });

  test("names the platform that is wrong and shows one that is right", () => {
    expect(() => parsePlatform("linux/amd64/v1/x")).toThrow(
      'Platform "linux/amd64/v1/x" is not valid: it has more than three components. ' +
        "Use os/architecture[/variant], such as linux/arm64",
    );
  });

  test.each(["", "linux/", "linux/*", "solaris-but-not", "windows(10%zz)/amd64"])("refuses %j", (text) => {
    expect(() => parsePlatform(text, host)).toThrow(expect.objectContaining({ code: "BK_OPTIONS_INVALID" }));
  });
});

describe("normalizePlatform()", () => {
  test("makes one text of equal platforms", () => {
    const texts = ["linux/arm64", "linux/aarch64", "Linux/ARM64/v8", "linux/arm64/8"];
    const formatted = texts.map((text) => formatPlatformFully(normalizePlatform(parsePlatform(text, host))));
    expect(new Set(formatted)).toEqual(new Set(["linux/arm64"]));
  });

  test("lists each feature of the system once, by its bytes", () => {
    const platform = {
      os: "windows",
      architecture: "amd64",
      osFeatures: ["b", "\u{1f433}", "\uff5e", "a", "a"],
    };
    const sorted = ["a", "b", "\uff5e", "\u{1f433}"];
    expect(normalizePlatform(platform, host).osFeatures).toEqual(sorted);
    expect(formatPlatformFully(platform)).toBe(`windows(+${sorted.join("+")})/amd64`);
    expect(formatPlatformFully({ ...platform, osFeatures: [""] })).toBe("windows/amd64");
  });

  test("changes the case of each letter by itself", () => {
    expect(normalizePlatform({ os: "\u0130\u0391\u03a3", architecture: "x" }, host).os).toBe("i\u03b1\u03c3");
  });
});

describe("formatPlatformFully()", () => {
  test("ends without a slash", () => {
    expect(formatPlatformFully({ os: "linux", architecture: "arm", variant: "v7/" })).toBe("linux/arm/v7");
    expect(formatPlatformFully({ os: "/", architecture: "" })).toBe("/");
  });
});

describe("hostPlatform()", () => {
  test("speaks of this machine in the image specification's words", () => {
    expect(parsePlatform(formatPlatformFully(hostPlatform()))).toEqual(hostPlatform());
    expect(["x64", "ia32"]).not.toContain(hostPlatform().architecture);
  });
});
