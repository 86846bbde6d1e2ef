// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the repository's top folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** Reads and parses one JSON file. */
export function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** The packages under packages/, with their folder and manifest, in name order. */
export function readPackages(top = root) {
  const base = path.join(top, "packages");
  return readdirSync(base, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(base, entry.name))
    .sort()
    .map((dir) => ({ dir, folder: path.basename(dir), manifest: readJson(path.join(dir, "package.json")) }));
}

/** Path of a program that the workspace installed. */
export function localBin(name) {
  return path.join(root, "node_modules", ".bin", name);
}
