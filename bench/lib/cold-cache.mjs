// SPDX-License-Identifier: Apache-2.0
import { request } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { pruneBuildCache } from "@bk/testing";

const TIMEOUT_MS = 30_000;

/**
 * Makes the engine forget every context that it was sent, so that the next build transfers all of it again.
 * A build's last references go shortly after its end.
 *
 * @param {string} dockerSocket
 */
export async function forgetContexts(dockerSocket) {
  const deadline = Date.now() + TIMEOUT_MS;
  while (Date.now() < deadline) {
    await pruneBuildCache(dockerSocket);
    const { BuildCache: records } = await get(dockerSocket, "/system/df?type=build-cache");
    if (!(records ?? []).some(({ Type }) => Type === "source.local")) return;
    await delay(100);
  }
  throw new Error("The engine did not let go of an earlier context");
}

function get(socketPath, target) {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: target, agent: false }, (response) => resolve(json(response)))
      .on("error", reject)
      .end();
  });
}
