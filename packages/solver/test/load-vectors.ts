// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";

/** The cases of one file of conformance vectors, recorded from the daemon's own libraries. */
export function loadVectors<T>(area: "platforms" | "reference" | "solveerr"): readonly T[] {
  const url = new URL(`../../../conformance/vectors/${area}.json`, import.meta.url);
  const { cases } = JSON.parse(readFileSync(url, "utf8")) as { cases: readonly T[] };
  return cases;
}
