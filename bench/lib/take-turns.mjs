// SPDX-License-Identifier: Apache-2.0

/**
 * Runs the two clients in turn, and lets each go first in every other pair.
 *
 * @template T
 * @param {number} pairs
 * @param {(name: "bk" | "buildx") => Promise<T>} runOne
 */
export async function takeTurns(pairs, runOne) {
  const runs = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const measured = {};
    for (const name of pair % 2 === 0 ? ["bk", "buildx"] : ["buildx", "bk"])
      measured[name] = await runOne(name);
    runs.push(measured);
  }
  return runs;
}
