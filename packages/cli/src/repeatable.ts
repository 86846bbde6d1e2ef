// SPDX-License-Identifier: Apache-2.0

/** Collects the values of a flag that may be given several times, for commander. */
export function append(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}
