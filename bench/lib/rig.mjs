// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, statfs } from "node:fs/promises";
import path from "node:path";
import { startRelay } from "@bk/testing";
import { engineDown, engineUp } from "../../scripts/engine/index.mjs";

const TMPFS = "/dev/shm";
const TMPFS_MAGIC = 0x01021994;
const ENGINE_NAME = "bench";

/**
 * An engine and a relay of the bench's own, with all data on tmpfs, so that no disk is measured.
 *
 * @returns {Promise<{ dir: string, engine: import("../../scripts/engine/index.mjs").EngineState, buildkitHost: string, close(): Promise<void> }>}
 */
export async function startRig() {
  const { type } = await statfs(TMPFS);
  if (type !== TMPFS_MAGIC) throw new Error(`${TMPFS} is not a tmpfs`);
  const dir = await mkdtemp(path.join(TMPFS, "bk-bench-"));
  await mkdir(path.join(dir, "home"));
  // One that an interrupted run left behind has its data elsewhere.
  await engineDown({ name: ENGINE_NAME });
  try {
    const onNotice = (text) => console.error(text);
    const engine = await engineUp({ name: ENGINE_NAME, dataRoot: path.join(dir, "data"), onNotice });
    const relay = await startRelay({ dockerSocket: engine.dockerSocket, listen: "unix" });
    const close = async () => {
      await relay.close();
      await stop(dir);
    };
    return { dir, engine, buildkitHost: relay.address, close };
  } catch (error) {
    await stop(dir);
    throw error;
  }
}

async function stop(dir) {
  await engineDown({ name: ENGINE_NAME });
  await rm(dir, { recursive: true, force: true });
}
