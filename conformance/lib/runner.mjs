// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { areas } from "../areas/index.mjs";
import { checkKeys } from "./keys.mjs";

/** The copies that belong to the project. */
export const vectorsDir = fileURLToPath(new URL("../vectors", import.meta.url));

const FAILURES_SHOWN = 5;

/**
 * @typedef {{ id: string, why: string }} Failure
 * @typedef {{ area: string, passed: number, failures: Failure[] }} AreaResult
 */

/**
 * Runs every `*.json` of a folder; the area is the file's name up to the first dot. Several files may be of
 * one area. What is not known (an area, a key of the file or of a case) fails.
 *
 * @param {string} dir
 * @param {{ area?: string | undefined }} [options]
 * @returns {Promise<AreaResult[]>} by name
 */
export async function runVectors(dir, { area: wanted } = {}) {
  /** @type {Map<string, AreaResult>} */
  const results = new Map();
  for (const name of (await readdir(dir)).filter((file) => file.endsWith(".json")).sort()) {
    const area = name.slice(0, name.indexOf("."));
    if (wanted !== undefined && area !== wanted) continue;
    const result = results.get(area) ?? { area, passed: 0, failures: [] };
    results.set(area, result);
    await runFile(path.join(dir, name), areas.get(area), result);
  }
  return [...results.values()];
}

/** @param {AreaResult} result */
async function runFile(file, area, result) {
  const fail = (id, error) =>
    result.failures.push({ id, why: error instanceof Error ? error.message : String(error) });
  const name = path.basename(file);
  if (!area) return fail(name, "the runner does not know this area");
  let prepared;
  try {
    const vectors = JSON.parse(await readFile(file, "utf8"));
    checkKeys(name, vectors, ["source", "about", "cases", ...area.fileKeys]);
    prepared = await area.prepare(vectors);
    if (vectors.cases.length === 0) throw new Error("there are no cases");
    for (const vector of vectors.cases) {
      try {
        await prepared.run(vector);
        result.passed++;
      } catch (error) {
        fail(vector.id, error);
      }
    }
  } catch (error) {
    fail(name, error);
  } finally {
    await prepared?.close?.();
  }
}

/** @param {AreaResult} result */
export function formatResult({ area, passed, failures }) {
  const shown = failures.slice(0, FAILURES_SHOWN).map(({ id, why }) => `  ${id}: ${why}`);
  return [`${area}: ${passed} passed, ${failures.length} failed`, ...shown].join("\n");
}
