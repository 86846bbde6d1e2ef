// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from "node:fs/promises";
import { GetTokenAuthorityRequestSchema, GetTokenAuthorityResponseSchema } from "@bk/proto/filesync";
import { CheckAgentRequestSchema, CheckAgentResponseSchema } from "@bk/proto/sshforward";
import { joinSessionTunnel, openSessionPeer, receiveTree, startFakeDaemon, tmpDir, tree } from "@bk/testing";
import { expect, test } from "vitest";
import { openWrite, sha256 } from "./content/content-peer.js";
import { shareCaches } from "./examples/share-caches.js";
import { shareDirectory } from "./examples/share-directory.js";
import { shareMounts } from "./examples/share-mounts.js";
import { shareRegistries } from "./examples/share-registries.js";
import { buildIfChanged, describeLargest } from "./examples/skip-build.js";
import { shareReadable } from "./examples/sync-progress.js";
import { deferred } from "./helpers/deferred.js";
import { openSessionPair } from "./helpers/session-pair.js";
import { makeKey } from "./helpers/ssh-tools.js";

test.each([
  [0, "share-directory"],
  [1, "skip-build"],
  [2, "sync-progress"],
  [3, "share-registries"],
  [4, "share-mounts"],
  [5, "share-caches"],
])("the README's example %i is the one that is tested", async (index, name) => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const example = await readFile(new URL(`examples/${name}.ts`, import.meta.url), "utf8");
  const block = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)][index]?.[1] ?? "";
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

test("the example skips a build when nothing has changed", async () => {
  await using dir = await tree("ADD Dockerfile file FROM", "ADD src/a file 123", "ADD .dockerignore file b");
  let builds = 0;
  const build = async () => {
    builds++;
  };
  const first = await buildIfChanged(dir.path, "", build);
  expect(await buildIfChanged(dir.path, first, build)).toBe(first);
  expect(builds).toBe(1);
});

test("the example names what makes a context large", async () => {
  await using dir = await tree(
    'ADD .dockerignore file "l*\\n!large"',
    "ADD large file 1234567890",
    "ADD a file 123",
  );
  expect(await describeLargest(dir.path, 2)).toEqual([
    "10 large .dockerignore:2",
    "9 .dockerignore",
    "22 in 3 files",
  ]);
});

test("the example prints how far a transfer is", async () => {
  await using dir = await tree("ADD a file 123", "ADD b/c file 45");
  const lines: string[] = [];
  await using pair = await openSessionPair(shareReadable(dir.path, (line) => lines.push(line)));

  await receiveTree(pair.peer, { dirName: "context" });

  expect(lines.at(-1)).toBe("context: 2 of 2 files sent, 5 bytes, 0 unchanged, 0 skipped");
});

test("the example lets a daemon use two registries", async () => {
  await using pair = await openSessionPair(shareRegistries(""));
  const key = (host: string) =>
    pair.peer.unary(
      "/moby.filesync.v1.Auth/GetTokenAuthority",
      GetTokenAuthorityRequestSchema,
      { host },
      GetTokenAuthorityResponseSchema,
    );
  await expect(key("ghcr.io")).rejects.toThrow("not among the allowed registries");
});

test("the example shares secrets, a key and a context", async () => {
  await using dir = await tmpDir();
  const [attachables, contextUrl] = await shareMounts(await makeKey(dir.path, "key", ["-t", "ed25519"]));
  await using pair = await openSessionPair(...attachables);
  const path = "/moby.sshforward.v1.SSH/CheckAgent";
  await pair.peer.unary(path, CheckAgentRequestSchema, {}, CheckAgentResponseSchema);
  expect(contextUrl).toMatch(/^http:\/\/buildkit-session\/\w+$/);
});

test("the example lets a build write a cache that the next can read", async () => {
  await using dir = await tmpDir();
  const digest = sha256("manifest");
  await writeFile(dir.join("index.json"), "");
  const caches = await shareCaches(dir.path, dir.path);
  expect(caches.digest).toBeUndefined();
  await using pair = await openSessionPair(caches.stores);

  const write = openWrite(pair, "local:to");
  await write.stat({ expected: digest });
  await write.write("manifest");
  await write.commit({ offset: 8n });
  await caches.enter({ mediaType: "application/vnd.oci.image.manifest.v1+json", digest, size: 8 });
  await caches.close();

  expect((await shareCaches(dir.path, dir.path)).digest).toBe(digest);
});
