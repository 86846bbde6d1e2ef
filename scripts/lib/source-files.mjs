// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from "node:fs";
import path from "node:path";
import { root } from "./workspace.mjs";

const skippedFolders = new Set(["node_modules", "dist", ".git", ".turbo", ".vitest", "coverage"]);

/** Every file of the project that people write, as paths relative to `top`, in name order. */
export function listSourceFiles(top = root) {
  const found = [];
  const visit = (folder) => {
    for (const entry of readdirSync(path.join(top, folder), { withFileTypes: true })) {
      const name = path.join(folder, entry.name);
      if (entry.isFile()) found.push(name);
      else if (entry.isDirectory() && !skippedFolders.has(entry.name)) visit(name);
    }
  };
  visit("");
  return found.sort();
}
