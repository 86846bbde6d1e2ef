// SPDX-License-Identifier: Apache-2.0
import { invalidOption, showValue } from "../invalid-option.js";
import type { Ulimit } from "../run-options.js";

/**
 * Parses `docker buildx build --ulimit`: `name=soft:hard`, or `name=both`.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`; whether there is such a limit is seen later
 */
export function parseUlimitFlag(text: string): readonly [name: string, limit: Ulimit] {
  const [, name, soft, hard = soft] = /^([^=]+)=(-?\d+)(?::(-?\d+))?$/.exec(text) ?? [];
  if (name === undefined)
    throw invalidOption("run.ulimits", `${showValue(text)} is not name=soft:hard, such as nofile=1024:2048`);
  return [name, { soft: Number(soft), hard: Number(hard) }];
}
