// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { SolverError } from "../src/errors.js";
import {
  formatPlatform,
  formatPlatformFully,
  hostPlatform,
  normalizePlatform,
  type Platform,
  parsePlatform,
} from "../src/platform.js";
import { loadVectors } from "./load-vectors.js";

interface PlatformVector {
  readonly id: string;
  readonly kind: "parse" | "normalize";
  readonly in?: string;
  readonly platform?: VectorPlatform;
  readonly normalized?: VectorPlatform;
  readonly format?: string;
  readonly format_all?: string;
  readonly error?: string;
}

interface VectorPlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly os_version?: string;
  readonly os_features?: readonly string[];
}

const RECORDED_ON: Platform = { os: "linux", architecture: "amd64" };
const vectors = loadVectors<PlatformVector>("platforms");

function fromVector({ os_version, os_features, ...platform }: VectorPlatform): Platform {
  return {
    ...platform,
    ...(os_version !== undefined && { osVersion: os_version }),
    ...(os_features !== undefined && { osFeatures: os_features }),
  };
}

describe("parsePlatform()", () => {
  test.each(vectors.filter(({ kind }) => kind === "parse"))("$id: $in", (vector) => {
    const parse = () => parsePlatform(vector.in ?? "", RECORDED_ON);
    if (vector.platform === undefined) {
      expect(parse).toThrow(SolverError);
      return;
    }
    expect(parse()).toEqual(fromVector(vector.platform));
    expect(formatPlatform(parse())).toBe(vector.format);
    expect(formatPlatformFully(parse())).toBe(vector.format_all);
  });

  test("names the platform that is wrong and shows one that is right", () => {
    expect(() => parsePlatform("linux/amd64/v1/x")).toThrow(
      'Platform "linux/amd64/v1/x" is not valid: it has more than three components. ' +
        "Use os/architecture[/variant], such as linux/arm64",
    );
  });

  test("refuses a malformed escape in the version of the system", () => {
    expect(() => parsePlatform("windows(10%zz)/amd64")).toThrow("malformed % escape");
  });

  test("takes the variant of an arm host when only the system is given", () => {
    expect(parsePlatform("linux", { os: "linux", architecture: "arm", variant: "v6" }).variant).toBe("v6");
    expect(
      parsePlatform("linux", { os: "linux", architecture: "arm", variant: "v7" }).variant,
    ).toBeUndefined();
  });
});

describe("normalizePlatform()", () => {
  test.each(vectors.filter(({ kind }) => kind === "normalize"))("$id", (vector) => {
    if (vector.platform === undefined || vector.normalized === undefined)
      throw new Error("not a normalize case");
    const normalized = normalizePlatform(fromVector(vector.platform), RECORDED_ON);
    expect(normalized).toEqual(fromVector(vector.normalized));
    expect(formatPlatform(normalized)).toBe(vector.format);
    expect(formatPlatformFully(normalized)).toBe(vector.format_all);
  });
});

describe("hostPlatform()", () => {
  test("speaks of this machine in the image specification's words", () => {
    expect(["linux", "windows", "freebsd"]).toContain(hostPlatform().os);
    expect(hostPlatform().architecture).not.toBe("x64");
  });
});
