// SPDX-License-Identifier: Apache-2.0
import path from "node:path";
import { EngineError, engineUp } from "../engine/index.mjs";
import { root } from "../lib/workspace.mjs";

const pingTimeoutMs = 5_000;

/** What to do where no engine can be had. */
export const noEngineHelp = `
No BuildKit was found. Any one of these three helps:
  1. Set BUILDKIT_HOST to a BuildKit daemon, for example tcp://buildkit.example:1234 or unix:///run/buildkit/buildkitd.sock
  2. Start Docker, or point DOCKER_HOST or the Docker context at one that runs
  3. Run this as root on Debian or Ubuntu: bk then fetches an engine of its own and runs it privately`;

/** The Docker that DOCKER_HOST, the current context or the default socket names, when it answers. */
async function findDocker() {
  const { formatAddress, pingDocker, resolveDockerEndpoint } = await import(
    path.join(root, "packages/transport/dist/index.js")
  );
  try {
    const endpoint = await resolveDockerEndpoint();
    const signal = AbortSignal.timeout(pingTimeoutMs);
    try {
      await pingDocker(endpoint, { signal });
    } catch (error) {
      console.log(`Docker at ${formatAddress(endpoint.address)} does not answer (${error.message})`);
      return undefined;
    }
    return {
      kind: "docker",
      description: `Docker at ${formatAddress(endpoint.address)} (${endpoint.source})`,
    };
  } catch (error) {
    console.log(`Docker cannot be used: ${error.message}`);
    return undefined;
  }
}

async function startPrivateEngine() {
  try {
    const { dockerHost, busybox } = await engineUp({ onNotice: console.log });
    return { kind: "private", dockerHost, busybox, description: `the private engine at ${dockerHost}` };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    console.log(error.message);
    return undefined;
  }
}

/**
 * The first engine that can be had: BUILDKIT_HOST, a Docker, the private engine. `undefined` when there is
 * none.
 */
export async function findEngine() {
  const host = process.env.BUILDKIT_HOST;
  if (host) return { kind: "buildkit", description: `BuildKit at ${host} (BUILDKIT_HOST)` };
  return (await findDocker()) ?? (await startPrivateEngine());
}
