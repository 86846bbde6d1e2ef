// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { describe, expect, test } from "vitest";

import { assertNoLeaks, leakCheck, openHandles } from "../src/index.js";

describe("assertNoLeaks()", () => {
  test("names a socket, a server and a timer", async () => {
    const before = openHandles();
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const timer = setTimeout(() => {}, 60_000);
    const check = assertNoLeaks(before, 20);
    await expect(check).rejects.toThrow(`Socket 127.0.0.1:${port}`);
    await expect(check).rejects.toThrow("Server");
    await expect(check).rejects.toThrow("1 timer(s)");
    clearTimeout(timer);
    socket.destroy();
    server.close();
    await assertNoLeaks(before);
  });

  test("waits for what is on its way out", async () => {
    const before = openHandles();
    setTimeout(() => {}, 50);
    await assertNoLeaks(before);
  });
});

describe("leakCheck()", () => {
  leakCheck();

  test("lets a clean test pass", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    server.close();
  });
});
