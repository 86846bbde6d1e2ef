// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const hooks = new URL("helpers/refuse-imports.mjs", import.meta.url);
const register = `data:text/javascript,import { register } from "node:module"; register("${hooks}");`;

/** Imports a module as users do, in a process that refuses messages, Connect and RE2. */
async function importWithout(specifier: string): Promise<void> {
  const code = `await import(${JSON.stringify(specifier)});`;
  await run(process.execPath, ["--import", register, "--input-type=module", "--eval", code], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
  });
}

test.each(["@bk/session", "@bk/session/auth", "@bk/session/filesync"])(
  "%s loads no messages, no Connect and no RE2 before they are needed",
  importWithout,
);

test.each(["@bk/proto/health", "@bufbuild/protobuf", "@connectrpc/connect", "re2js"])(
  "the check would notice %s",
  async (specifier) => {
    await expect(importWithout(specifier)).rejects.toThrow(`imports ${specifier}`);
  },
);
