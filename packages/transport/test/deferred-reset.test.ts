// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { constants } from "node:http2";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { leakCheck } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { createChannel } from "../src/channel.js";
import { createTcpDialer } from "../src/tcp-dialer.js";
import { startHttp2Server } from "./helpers/servers.js";

const run = promisify(execFile);
const RESET = fileURLToPath(new URL("helpers/reset-main.mjs", import.meta.url));

describe("deferReset()", () => {
  leakCheck();

  test("lets calls be ended in any way while Node reads that another has ended", {
    timeout: 30_000,
  }, async () => {
    await using server = await startHttp2Server((stream, headers) => {
      stream.respond({ ":status": 200 });
      stream.resume();
      if (headers[":path"] === "/ended") stream.once("data", () => stream.close(constants.NGHTTP2_NO_ERROR));
    });

    // Killed when it does not end by itself: then its event loop stands still.
    const { stdout } = await run(process.execPath, [RESET, `${server.port}`], {
      timeout: 20_000,
      killSignal: "SIGKILL",
    });

    expect(stdout).toBe(
      [
        "close a call: Stream closed with error code NGHTTP2_INTERNAL_ERROR",
        "destroy a call: enough",
        "abort a call: enough",
        "reset the channel: enough",
        `close the channel: The channel to tcp://127.0.0.1:${server.port} is closed`,
        "",
      ].join("\n"),
    );
  });

  test("calls back when a stream has closed", async () => {
    await using server = await startHttp2Server((stream) => stream.respond({ ":status": 200 }));
    await using channel = createChannel(createTcpDialer({ host: "127.0.0.1", port: server.port }));
    const stream = await channel.openStream("/a.B/C");

    await new Promise<void>((resolve) => stream.close(constants.NGHTTP2_CANCEL, resolve));

    expect(stream.closed).toBe(true);
    expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
  });
});
