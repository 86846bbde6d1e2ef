// SPDX-License-Identifier: Apache-2.0
import { dockerJson, dockerSend } from "./docker-request.js";

/** What a build has held it lets go of shortly after its end. */
const MAX_ROUNDS = 100;

interface CacheRecord {
  readonly ID: string;
  readonly Description: string;
}

/** Drops the whole build cache of the engine, local sources too. */
export async function pruneBuildCache(dockerSocket: string): Promise<void> {
  await dockerSend(dockerSocket, { method: "POST", path: "/build/prune?all=1" });
}

/**
 * Makes the engine forget the results of steps whose command, or whose file to copy, has `marker` in it. Tests share
 * one engine: what others have built stays.
 */
export async function forgetSteps(dockerSocket: string, marker: string): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const ids = await findSteps(dockerSocket, marker);
    if (ids.length === 0) return;
    for (const id of ids) {
      const filters = encodeURIComponent(JSON.stringify({ id: [id] }));
      await dockerSend(dockerSocket, { method: "POST", path: `/build/prune?all=1&filters=${filters}` });
    }
  }
  throw new Error(`The engine did not forget the steps with ${marker}`);
}

async function findSteps(dockerSocket: string, marker: string): Promise<readonly string[]> {
  const call = { method: "GET", path: "/system/df?type=build-cache" } as const;
  const { BuildCache } = await dockerJson<{ readonly BuildCache?: readonly CacheRecord[] }>(
    dockerSocket,
    call,
  );
  return (BuildCache ?? []).filter(({ Description }) => Description.includes(marker)).map(({ ID }) => ID);
}
