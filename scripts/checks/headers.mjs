// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import path from "node:path";
import { listSourceFiles } from "../lib/source-files.mjs";
import { root } from "../lib/workspace.mjs";

const source = /\.(?:ts|mts|js|mjs|proto|sh)$/;
const generated = /^packages\/proto\/src\/(?:gen|wire)\//;

/** Source files that do not name the licence in their first line (the second, below a `#!`). */
export function findHeaderProblems(top = root) {
  return listSourceFiles(top)
    .filter((file) => source.test(file) && !generated.test(file))
    .filter((file) => {
      const [first = "", second = ""] = readFileSync(path.join(top, file), "utf8").split("\n", 2);
      return !(first.startsWith("#!") ? second : first).includes("SPDX-License-Identifier: Apache-2.0");
    })
    .map((file) => `${file}: the first line is not the SPDX licence identifier`);
}
