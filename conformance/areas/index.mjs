// SPDX-License-Identifier: Apache-2.0
import { authconfig } from "./authconfig.mjs";
import { csvopts } from "./csvopts.mjs";
import { diffcopy } from "./diffcopy.mjs";
import { filterwalk } from "./filterwalk.mjs";
import { patternmatcher } from "./patternmatcher.mjs";
import { platforms } from "./platforms.mjs";
import { progress } from "./progress.mjs";
import { reference } from "./reference.mjs";
import { solveerr } from "./solveerr.mjs";

/**
 * One area of the vectors. `prepare` sees the whole file once; what it returns runs each case, by throwing an
 * error that says what differs, and is closed at the end.
 *
 * @typedef {object} Area
 * @property {readonly string[]} fileKeys keys of a file beside `source`, `about` and `cases`
 * @property {(vectors: any) => Promise<{ run(vector: any): Promise<void>, close?(): Promise<void> }>} prepare
 */

/** @type {ReadonlyMap<string, Area>} by the name of their files up to the first dot */
export const areas = new Map(
  Object.entries({
    authconfig,
    csvopts,
    diffcopy,
    filterwalk,
    patternmatcher,
    platforms,
    progress,
    reference,
    solveerr,
  }),
);
