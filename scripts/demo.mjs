// SPDX-License-Identifier: Apache-2.0
// `npm run demo`: build examples/hello with a BuildKit that is at hand, and show that the image is there.
import path from "node:path";
import { bootstrap } from "./bootstrap.mjs";
import { findEngine, noEngineHelp } from "./demo/find-engine.mjs";
import { prepareContext } from "./demo/prepare-context.mjs";
import { showProof } from "./demo/proof.mjs";
import { root } from "./lib/workspace.mjs";

const tag = "bk-demo:latest";

/** Builds the example; the daemon's progress goes to stdout as it comes. */
async function build(engine) {
  const { Client } = await import(path.join(root, "packages/client/dist/index.js"));
  const client = engine.kind === "buildkit" ? Client.fromEnv() : Client.embedded();
  const context = prepareContext(engine);
  try {
    return await client.build({
      contextDir: context.dir,
      tag,
      buildArgs: { ...context.buildArgs, NAME: "BuildKit" },
      output: process.stdout,
    });
  } finally {
    context.remove();
    await client.close();
  }
}

async function main() {
  if (!(await bootstrap())) return 1;
  const engine = await findEngine();
  if (engine === undefined) {
    console.error(noEngineHelp);
    return 1;
  }
  console.log(`\nBuilding examples/hello with ${engine.description}\n`);
  // The client finds Docker as every Docker tool does.
  if (engine.dockerHost !== undefined) process.env.DOCKER_HOST = engine.dockerHost;
  const startedAt = performance.now();
  const result = await build(engine);
  console.log(`\nBuilt ${tag} in ${((performance.now() - startedAt) / 1000).toFixed(1)}s`);
  await showProof({ tag, result });
  if (engine.kind === "private")
    console.log("\nThe private engine keeps running; stop it with: npm run engine:down");
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
