// SPDX-License-Identifier: Apache-2.0
import { openDockerApi } from "./docker-api.mjs";

/** Runs the image once and returns what it printed. */
async function runImage(docker, image) {
  const { Id: id } = await docker.createContainer(image);
  try {
    await docker.startContainer(id);
    const { StatusCode: exitCode } = await docker.waitForContainer(id);
    return { exitCode, output: await docker.readLogs(id) };
  } finally {
    await docker.removeContainer(id);
  }
}

/** Prints the image's digest and size as Docker has it, and what the image says when it runs. */
export async function showProof({ tag, result }) {
  const docker = await openDockerApi();
  const image = await docker.inspectImage(tag);
  console.log(`digest  ${result.imageDigest ?? image.Id}`);
  console.log(`size    ${(image.Size / 1e6).toFixed(2)} MB`);
  const { exitCode, output } = await runImage(docker, tag);
  if (exitCode !== 0) throw new Error(`the image ran and ended with exit code ${exitCode}: ${output}`);
  console.log(`run     ${output.trimEnd()}`);
}
