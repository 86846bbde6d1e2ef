// SPDX-License-Identifier: Apache-2.0
// From a fresh clone to a built workspace, with nothing but Node and npm on the machine.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runPhase } from "./lib/run.mjs";
import { readJson, root } from "./lib/workspace.mjs";

/** Says whether a version such as "20.19.1" reaches the "20.19" that `minimum` asks for. */
export function isAtLeast(version, minimum) {
  const parts = version.split(".").map(Number);
  const wanted = minimum.split(".").map(Number);
  for (const [index, value] of wanted.entries()) {
    const part = parts[index] ?? 0;
    if (part !== value) return part > value;
  }
  return true;
}

/** Installs and builds. Returns whether it worked; whatever failed has been printed. */
export async function bootstrap() {
  const manifest = readJson(path.join(root, "package.json"));
  const minimum = manifest.engines.node.replace(">=", "");
  if (!isAtLeast(process.versions.node, minimum)) {
    console.error(`This is Node ${process.versions.node}; bk needs Node ${minimum} or later.`);
    return false;
  }
  // pnpm through npx: nobody needs a pnpm of their own, and everybody gets the same one.
  const npx = process.platform === "win32" ? "npx.cmd" : "npx";
  const pnpm = ["--yes", manifest.packageManager];
  const install = [...pnpm, "install", "--frozen-lockfile"];
  if (!(await runPhase("install", npx, install))) return false;
  // npx puts this pnpm on the PATH of its children, where turbo looks for it.
  const build = [...pnpm, "exec", "turbo", "run", "build", "--output-logs=errors-only"];
  return await runPhase("build", npx, build);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = (await bootstrap()) ? 0 : 1;
}
