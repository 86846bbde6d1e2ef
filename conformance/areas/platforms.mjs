// SPDX-License-Identifier: Apache-2.0
import { formatPlatform, formatPlatformFully, normalizePlatform, parsePlatform } from "@bk/solver/platform";
import { expectEqual, expectRefused } from "../lib/expect.mjs";
import { checkKeys } from "../lib/keys.mjs";
import { textOf } from "../lib/text.mjs";

/** Where the vectors were recorded; it fills in what a text leaves out. */
const HOST = { os: "linux", architecture: "amd64" };

/** Texts of platforms: parsing, normalising, formatting. */
export const platforms = {
  fileKeys: [],
  prepare: async () => ({ run: runCase }),
};

async function runCase(vector) {
  switch (vector.kind) {
    case "parse":
      return runParse(vector);
    case "normalize":
      return runNormalize(vector);
    default:
      throw new Error(`the runner does not know the kind ${vector.kind}`);
  }
}

async function runParse(vector) {
  checkKeys(vector.id, vector, ["id", "kind", "group", "in", "platform", "format", "format_all", "error"]);
  const parse = () => parsePlatform(textOf(vector.in), HOST);
  if (vector.error !== undefined) return expectRefused("parse", parse);
  expectEqual("platform", parse(), fromVector(vector.platform));
  checkFormats(vector, parse());
}

function runNormalize(vector) {
  checkKeys(vector.id, vector, ["id", "kind", "group", "platform", "normalized", "format", "format_all"]);
  const normalized = normalizePlatform(fromVector(vector.platform), HOST);
  expectEqual("normalized", normalized, fromVector(vector.normalized));
  checkFormats(vector, normalized);
}

function checkFormats(vector, platform) {
  expectEqual("format", formatPlatform(platform), textOf(vector.format));
  expectEqual("format_all", formatPlatformFully(platform), textOf(vector.format_all));
}

function fromVector(vector) {
  checkKeys("platform", vector, ["os", "architecture", "variant", "os_version", "os_features"]);
  const { os, architecture, variant, os_version: version, os_features: features } = vector;
  return {
    os: textOf(os),
    architecture: textOf(architecture),
    ...(variant && { variant: textOf(variant) }),
    ...(version && { osVersion: textOf(version) }),
    ...(features && { osFeatures: features.map(textOf) }),
  };
}
