// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { leakCheck, listen, openSessionPeer } from "@bk/testing";
import { describe, expect, test } from "vitest";

const run = promisify(execFile);
const SERVE = fileURLToPath(new URL("helpers/serve-main.mjs", import.meta.url));
const ECHO = "/test.Echo/Stream";

/** A daemon with two calls under way, which cancels one of them. */
async function cancelOneOfTwo(connection: Duplex): Promise<void> {
  const peer = openSessionPeer(connection);
  const streams = [peer.call(ECHO).stream, peer.call(ECHO).stream];
  for (const stream of streams) stream.on("error", () => {});
  await Promise.all(streams.map((stream) => once(stream, "data")));
  streams[0]?.close(8);
}

describe("Session.close()", () => {
  leakCheck();

  test("may be called as the daemon cancels a call, while another runs", { timeout: 20_000 }, async () => {
    await using daemon = await listen("unix", (connection) => void cancelOneOfTwo(connection));

    // Killed when it does not end by itself: then its event loop stands still.
    const { stdout } = await run(process.execPath, [SERVE, ECHO, daemon.address.slice("unix://".length)], {
      timeout: 15_000,
      killSignal: "SIGKILL",
    });

    expect(stdout).toBe("undefined");
  });
});
