// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from "node:util";

import { EngineError, engineDown, engineStatus, engineUp } from "./engine/index.mjs";

const USAGE = `Usage: node scripts/engine.mjs up|down|status [options]

A private BuildKit engine from Debian's packages, shared by every clone of one user.

  --name NAME      another engine beside the shared one
  --data-root DIR  where it keeps images and caches (up)
  --for-tests      fetch the image registry that tests use too (up)
  --json           print its state as JSON
`;

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: "string" },
      "data-root": { type: "string" },
      "for-tests": { type: "boolean" },
      json: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  const [command, ...rest] = positionals;
  const name = values.name;
  if (values.help) return void process.stdout.write(USAGE);
  if (command === "up" && rest.length === 0) {
    const onNotice = (text) => console.error(text);
    const state = await engineUp({
      name,
      dataRoot: values["data-root"],
      forTests: values["for-tests"],
      onNotice,
    });
    print(state, values.json);
  } else if (command === "status" && rest.length === 0) {
    const state = await engineStatus({ name });
    print(state, values.json);
    if (state === undefined) process.exitCode = 1;
  } else if (command === "down" && rest.length === 0) {
    console.log((await engineDown({ name })) ? "The engine is stopped." : "No engine was running.");
  } else {
    throw new EngineError("BK_ENGINE_USAGE", USAGE);
  }
}

function print(state, json) {
  if (json) return console.log(JSON.stringify(state ?? null, undefined, 2));
  if (state === undefined) return console.log("No engine is running.");
  const { docker, api, buildx, suite } = state.versions;
  console.log(`Docker ${docker} (API ${api}), buildx ${buildx}, from ${suite}`);
  console.log(`DOCKER_HOST=${state.dockerHost}`);
  console.log(`DOCKER_CONFIG=${state.dockerConfig}`);
  console.log(`docker command: ${state.docker}`);
}

main().catch((error) => {
  const known = error instanceof EngineError || String(error.code).startsWith("ERR_PARSE_ARGS");
  console.error(known ? error.message : error);
  process.exitCode = 1;
});
