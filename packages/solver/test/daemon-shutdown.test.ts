// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SolveResponseSchema } from "@bk/proto/control";
import { type FakeCall, type FakeHandler, startFakeDaemon, tree } from "@bk/testing";
import { describe, expect, test } from "vitest";

const run = promisify(execFile);
const SOLVE = fileURLToPath(new URL("helpers/solve-main.mjs", import.meta.url));
const CONTROL = "/moby.buildkit.v1.Control";
/** The session is lost with the connection, and either may be noticed first. */
const LOST = /^BK_(CONNECTION|SESSION)_LOST$/;

/** How a build ends, in a process of its own, whose daemon answers Solve like this. */
async function build(onSolve: FakeHandler): Promise<string> {
  await using context = await tree('ADD Dockerfile file "FROM scratch"');
  const respond: FakeHandler = (call) => {
    call.respond();
    call.stream.resume();
  };
  await using fake = await startFakeDaemon({
    handlers: {
      "/test/Busy": respond,
      [`${CONTROL}/Session`]: (call) => call.respond(),
      [`${CONTROL}/Status`]: (call) => call.end(),
      [`${CONTROL}/Solve`]: onSolve,
    },
  });
  // Killed when it does not end by itself: then its event loop stands still.
  const { stdout } = await run(process.execPath, [SOLVE, fake.address, context.path], {
    timeout: 15_000,
    killSignal: "SIGKILL",
  });
  return stdout;
}

function close(call: FakeCall): void {
  call.stream.session?.destroy();
}

function sayGoaway(call: FakeCall): void {
  call.stream.session?.goaway(0);
}

describe("a daemon that ends while a build runs", { timeout: 20_000 }, () => {
  test("ends the build when it closes its connection in good order", async () => {
    expect(await build(close)).toMatch(LOST);
  });

  test("ends the build when it closes its connection after GOAWAY", async () => {
    const ended = await build((call) => {
      sayGoaway(call);
      setImmediate(() => close(call));
    });

    expect(ended).toMatch(LOST);
  });

  test("lets the build end by itself after GOAWAY", async () => {
    const ended = await build((call) => {
      sayGoaway(call);
      setImmediate(() => {
        call.send(SolveResponseSchema, {});
        call.end();
      });
    });

    expect(ended).toBe("done");
  });
});
