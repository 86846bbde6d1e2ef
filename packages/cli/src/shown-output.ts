// SPDX-License-Identifier: Apache-2.0

/** Errors of builds whose progress has shown the failed step's output. */
const shown = new WeakSet<object>();

/** Remembers that the failed step's output need not be repeated with the error. */
export function markOutputShown(error: unknown): void {
  if (typeof error === "object" && error !== null) shown.add(error);
}

export function isOutputShown(error: object): boolean {
  return shown.has(error);
}
