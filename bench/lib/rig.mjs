// SPDX-License-Identifier: Apache-2.0
import { mkdir, rm, statfs } from "node:fs/promises";
import path from "node:path";
import { startRelay } from "@bk/testing";
import { engineDown, engineUp } from "../../scripts/engine/index.mjs";
import { withLock } from "../../scripts/engine/lock.mjs";

const TMPFS = "/dev/shm";
const TMPFS_MAGIC = 0x01021994;
const DIR = path.join(TMPFS, "bk-bench");
const LOCK_FILE = path.join(TMPFS, "bk-bench.lock");
const ENGINE_NAME = "bench";

/**
 * An engine and a relay of the bench's own, with all data on tmpfs, so that no disk is measured.
 *
 * @typedef {{ dir: string, engine: import("../../scripts/engine/index.mjs").EngineState, buildkitHost: string }} Rig
 */

/**
 * Gives `work` the rig. One bench at a time: two on one machine would measure each other.
 *
 * @param {(rig: Rig) => Promise<void>} work
 */
export async function withRig(work) {
  const { type } = await statfs(TMPFS);
  if (type !== TMPFS_MAGIC) throw new Error(`${TMPFS} is not a tmpfs`);
  const onWait = () => console.error("Waiting for another bench to end ...");
  await withLock(LOCK_FILE, { onWait }, async () => {
    // A run that was killed may have left its own behind.
    await clear();
    const interrupt = () => void clear().finally(() => process.exit(130));
    process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
    try {
      await startRig(work);
    } finally {
      await clear();
      process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    }
  });
}

async function startRig(work) {
  await mkdir(path.join(DIR, "home"), { recursive: true });
  const onNotice = (text) => console.error(text);
  const engine = await engineUp({ name: ENGINE_NAME, dataRoot: path.join(DIR, "data"), onNotice });
  const relay = await startRelay({ dockerSocket: engine.dockerSocket, listen: "unix" });
  try {
    await work({ dir: DIR, engine, buildkitHost: relay.address });
  } finally {
    await relay.close();
  }
}

async function clear() {
  await engineDown({ name: ENGINE_NAME });
  await rm(DIR, { recursive: true, force: true });
}
