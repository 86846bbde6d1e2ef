// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { root } from "../lib/workspace.mjs";

const example = path.join(root, "examples/hello");

/**
 * The build context of the example. The private engine may have no registry in reach, so there the base is
 * the engine's static busybox, in a copy of the context; `remove()` takes the copy away.
 */
export function prepareContext(engine) {
  if (engine.kind !== "private") return { dir: example, buildArgs: {}, remove: () => {} };
  const dir = mkdtempSync(path.join(os.tmpdir(), "bk-demo-"));
  cpSync(example, dir, { recursive: true });
  copyFileSync(engine.busybox, path.join(dir, "busybox"));
  return { dir, buildArgs: { BASE: "local" }, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
