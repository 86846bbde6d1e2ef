// SPDX-License-Identifier: Apache-2.0

/** Throws if the object has a key that the runner would pass over. */
export function checkKeys(what, object, known) {
  const unknown = Object.keys(object).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`${what}: the runner does not know the key ${unknown.join(", ")}`);
}
