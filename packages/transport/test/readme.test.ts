// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { createServer } from "node:http2";
import { Control } from "@bk/proto/control";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { daemonVersion } from "./examples/daemon-version.js";
import { listen } from "./helpers/servers.js";

async function readPackageFile(name: string): Promise<string> {
  return readFile(new URL(`../${name}`, import.meta.url), "utf8");
}

test("the README's example is the one that is tested", async () => {
  const example = await readPackageFile("test/examples/daemon-version.ts");
  const block = /```ts\n([\s\S]*?)```/.exec(await readPackageFile("README.md"))?.[1] ?? "";
  expect(block.trim()).toBe(example.replace(/^\/\/ SPDX.*\n/, "").trim());
});

test("the example asks for the version, or says why it cannot", async () => {
  const server = await listen(
    createServer(
      connectNodeAdapter({
        routes: (router) =>
          router.service(Control, { info: () => ({ buildkitVersion: { version: "v0.32.2" } }) }),
      }),
    ),
  );
  const address = `tcp://127.0.0.1:${server.port}`;
  expect(await daemonVersion(address)).toBe("v0.32.2");
  await server[Symbol.asyncDispose]();
  expect(await daemonVersion(address)).toContain("BK_CONNECTION_REFUSED");
});

test("the README lists every error code", async () => {
  const source = await readPackageFile("src/errors.ts");
  const codes = [...source.matchAll(/^ {2}\| "(BK_[A-Z_]+)"/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(10);
  const readme = await readPackageFile("README.md");
  const listed = [...readme.matchAll(/^\| `(BK_[A-Z_]+)`/gm)].map(([, code]) => code);
  expect(listed.sort()).toEqual(codes.sort());
});
