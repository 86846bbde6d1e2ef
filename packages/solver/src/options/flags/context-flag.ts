// SPDX-License-Identifier: Apache-2.0
import { normalizeContextName } from "../contexts/context-name.js";
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
