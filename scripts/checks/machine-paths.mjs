// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { listSourceFiles } from "../lib/source-files.mjs";
import { root } from "../lib/workspace.mjs";

/** Home folders of nobody in particular may stand in examples and tests. */
const personalFolder = /(?<![\w.$}])\/(?:home|Users)\/(?!(?:me|user|someone)\b)[A-Za-z]/;

/** Files that hold a path which exists only on the machine of one developer. */
export function findMachinePaths(top = root, home = os.homedir()) {
  // Every container has a /root; a mention of it says nothing about a machine.
  const literal = [top, ...(home === "/root" ? [] : [home])].map((folder) => folder + path.sep);
  return listSourceFiles(top).flatMap((file) => {
    const text = readFileSync(path.join(top, file), "utf8");
    const hit = literal.find((folder) => text.includes(folder)) ?? personalFolder.exec(text)?.[0];
    return hit === undefined ? [] : [`${file}: contains the path ${hit}...`];
  });
}
