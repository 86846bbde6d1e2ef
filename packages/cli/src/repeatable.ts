// SPDX-License-Identifier: Apache-2.0

/** Collects the values of a flag that may be given several times, for commander. */
export function append(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

/** As docker buildx does, passes over flags without a value. */
export function isGiven(text: string): boolean {
  return text !== "";
}
