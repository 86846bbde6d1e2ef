// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ExportTarget, OpenExport } from "@bk/session";
import { describe, expect, test } from "vitest";
import { createStreamTargets } from "../../src/exports/stream-targets.js";

const call = { signal: new AbortController().signal };

/** A target that is done, or fails, when the test says so; or with the signal that it was opened with. */
function openTarget() {
  const body = new PassThrough().resume();
  const settle: { done: () => void; fail: (error: Error) => void } = { done() {}, fail() {} };
  const open: OpenExport = (_metadata, { signal }): ExportTarget => {
    const done = new Promise<void>((resolve, reject) => {
      settle.done = resolve;
      settle.fail = reject;
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    return { body, done };
  };
  return { body, open, settle };
}

describe("createStreamTargets()", () => {
  test("lets the daemon go on once a target has all bytes, and waits for it later", async () => {
    using targets = createStreamTargets();
    const { body, open, settle } = openTarget();
    const given = await targets.wrap(open)({}, call);
    body.end("image");
    await given.done;

    let isDone = false;
    const waiting = targets.waitUntilDone().then(() => {
      isDone = true;
    });
    await nextTurn();
    expect(isDone).toBe(false);
    settle.done();
    await waiting;
  });

  test("fails the wait with what a target failed with after it had all bytes", async () => {
    using targets = createStreamTargets();
    const { body, open, settle } = openTarget();
    const given = await targets.wrap(open)({}, call);
    body.end("image");
    await given.done;
    settle.fail(new Error("Docker could not load the image"));
    await expect(targets.waitUntilDone()).rejects.toThrow("Docker could not load the image");
  });

  test("tells the daemon's call why a target failed before it had all bytes", async () => {
    using targets = createStreamTargets();
    const { body, open, settle } = openTarget();
    const given = await targets.wrap(open)({}, call);
    body.destroy(new Error("write EPIPE"));
    settle.fail(new Error("Docker could not load the image"));
    await expect(given.done).rejects.toThrow("Docker could not load the image");
  });

  test("breaks off a target that is not done when the build ends", async () => {
    const targets = createStreamTargets();
    const { body, open } = openTarget();
    const given = await targets.wrap(open)({}, call);
    body.end("image");
    await given.done;
    targets[Symbol.dispose]();
    await expect(targets.waitUntilDone()).rejects.toThrow("The build has ended");
  });

  test("destroys what a target that heeds no signal still holds", async () => {
    const targets = createStreamTargets();
    const body = new PassThrough(); // nobody has read it yet
    const done = finished(body);
    const given = await targets.wrap(() => ({ body, done }))({}, call);
    body.on("error", () => {}); // as the session listens
    body.end("image");
    await given.done;
    targets[Symbol.dispose]();
    await expect(done).rejects.toThrow("The build has ended");
  });

  test("leaves a target alone that is done", async () => {
    const targets = createStreamTargets();
    const body = new PassThrough({ autoDestroy: false }).resume();
    await targets.wrap(() => ({ body, done: finished(body) }))({}, call);
    body.end("image");
    await targets.waitUntilDone();
    targets[Symbol.dispose]();
    expect(body.destroyed).toBe(false);
  });
});
