// SPDX-License-Identifier: Apache-2.0
import { normalizeContextName } from "../contexts/context-name.js";
import { parseRemoteUrl } from "../contexts/remote-url.js";
import { invalidOption, showValue } from "../invalid-option.js";
import { splitPair } from "./csv.js";

/**
 * Parses `docker buildx build --build-context`: `name=path`. The name is an image's, without `:latest`.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`.
 */
export function parseContextFlag(text: string): readonly [name: string, source: string] {
  const pair = splitPair(text);
  if (!pair) throw invalidOption("contexts", `The build context ${showValue(text)} is not name=source`);
  const [name, source] = pair;
  return [normalizeContextName(name), source];
}

/**
 * Whether the daemon would fetch what `docker buildx build` gets as its path: a git or HTTP URL.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` for a malformed one
 */
export function isRemoteContext(path: string): boolean {
  return parseRemoteUrl("context", path) !== undefined;
}
