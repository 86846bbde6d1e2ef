// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

const WAIT_NOTICE_MS = 1000;

/**
 * Runs `work` while this process alone, of all processes, holds the lock on `file`. The kernel's lock is
 * held by a helper (util-linux flock round a cat) that ends with our pipe to it, so that a crash frees it.
 *
 * @template T
 * @param {string} file
 * @param {{ onWait?: () => void }} options `onWait`: another process has held it for a second
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, { onWait }, work) {
  await mkdir(dirname(file), { recursive: true });
  const helper = spawn("flock", ["-o", file, "sh", "-c", "echo locked; exec cat"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const closed = once(helper, "close");
  const timer = setTimeout(() => onWait?.(), WAIT_NOTICE_MS);
  try {
    await Promise.race([
      once(helper.stdout, "data"),
      closed.then(() => Promise.reject(new Error(`flock could not lock ${file}`))),
    ]);
    clearTimeout(timer);
    return await work();
  } finally {
    clearTimeout(timer);
    helper.stdin.end();
    await closed;
  }
}
