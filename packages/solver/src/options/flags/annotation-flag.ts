// SPDX-License-Identifier: Apache-2.0
import { invalidOption, showValue } from "../invalid-option.js";
import { formatPlatform, type Platform, parsePlatform } from "../platform.js";
import { splitPair } from "./csv.js";

const LEVELS: readonly string[] = ["index", "index-descriptor", "manifest", "manifest-descriptor"];
const LEVEL_AND_PLATFORM = /^([a-z-]+)(?:\[([A-Za-z0-9_/-]+)\])?$/;

/**
 * Parses `docker buildx build --annotation`: `name=value`, or with levels in front `manifest[linux/amd64],index:name=value`.
 *
 * @returns values by the exporter's attribute: `annotation-manifest[linux/amd64].name`
 * @throws {SolverError} `BK_OPTIONS_INVALID`.
 */
export function parseAnnotationFlag(text: string, host?: Platform): ReadonlyMap<string, string> {
  const pair = splitPair(text);
  if (!pair) throw invalidOption("annotations", `The annotation ${showValue(text)} is not name=value`);
  const [left, value] = pair;
  const colon = left.indexOf(":");
  if (colon < 0) return new Map([[`annotation.${left}`, value]]);
  const name = left.slice(colon + 1);
  const levels = left.slice(0, colon).split(",");
  return new Map(levels.map((level) => [`annotation-${parseLevel(level, host)}.${name}`, value]));
}

function parseLevel(text: string, host: Platform | undefined): string {
  const [, level = "", platform] = LEVEL_AND_PLATFORM.exec(text) ?? [];
  if (!LEVELS.includes(level)) {
    throw invalidOption(
      "annotations",
      `${showValue(text)} is no place for an annotation: expected ${LEVELS.join(", ")}, with a platform in square brackets if need be`,
    );
  }
  return platform === undefined ? level : `${level}[${formatPlatform(parsePlatform(platform, host))}]`;
}
