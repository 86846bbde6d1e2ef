// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startFakeDaemon, tree } from "@bk/testing";
import { expect, test } from "vitest";

const SOLVE = fileURLToPath(new URL("helpers/solve-main.mjs", import.meta.url));
const CONTROL = "/moby.buildkit.v1.Control";

test("a daemon that closes its connection in good order while a build runs ends the build", {
  timeout: 30_000,
}, async () => {
  await using context = await tree('ADD Dockerfile file "FROM scratch"');
  await using fake = await startFakeDaemon({
    handlers: {
      [`${CONTROL}/Session`]: (call) => call.respond(),
      [`${CONTROL}/Status`]: (call) => call.respond(),
      [`${CONTROL}/Solve`]: (call) => void setImmediate(() => call.stream.session?.destroy()),
    },
  });

  // Ended when it does not end by itself: then its event loop stands still.
  const { stdout } = await promisify(execFile)(process.execPath, [SOLVE, fake.address, context.path], {
    timeout: 15_000,
  });

  expect(stdout).toMatch(/^BK_(CONNECTION|SESSION)_LOST\n$/);
});
