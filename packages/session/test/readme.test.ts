// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { joinSessionTunnel, openSessionPeer, receiveTree, startFakeDaemon, tree } from "@bk/testing";
import { expect, test } from "vitest";
import { shareDirectory } from "./examples/share-directory.js";
import { deferred } from "./helpers/deferred.js";

test("the README's example is the one that is tested", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const example = await readFile(new URL("examples/share-directory.ts", import.meta.url), "utf8");
  const block = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  expect(block.trim()).toBe(example.replace(/^\/\/ SPDX.*\n/, "").trim());
});

test("the example shares a directory", async () => {
  await using dir = await tree("ADD hello file world");
  const received = deferred<string[]>();
  await using daemon = await startFakeDaemon({
    handlers: {
      "/moby.buildkit.v1.Control/Session": async (call) => {
        await using peer = openSessionPeer(joinSessionTunnel(call));
        received.resolve([...(await receiveTree(peer, { dirName: "context" })).keys()]);
        await call.nextMessage();
      },
    },
  });

  await shareDirectory(daemon.address, dir.path, async (id) => {
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(await received.promise).toEqual(["hello"]);
  });
});
