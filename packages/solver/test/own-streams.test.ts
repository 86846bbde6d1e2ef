// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { resolveSolveOptions } from "../src/options/solve-options.js";
import { ownStreams } from "../src/own-streams.js";

test("destroys the streams of a build, but not one that holds a whole export", async () => {
  const [context, dockerfile, half, whole] = Array.from({ length: 4 }, () => new PassThrough());
  const exports = [half, whole].map((dest) => ({ type: "tar", dest }) as const);
  const options = resolveSolveOptions({ context, dockerfile, exports });
  half?.write("half");
  whole?.end("whole");
  if (whole) await once(whole, "finish");

  ownStreams(options)[Symbol.dispose]();

  expect([context, dockerfile, half, whole].map((stream) => stream?.destroyed)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
