// SPDX-License-Identifier: Apache-2.0
// Sends large build contexts with bk and with docker buildx in turn, and compares what each needed.
import { forgetContexts } from "./lib/cold-cache.mjs";
import { compare } from "./lib/compare.mjs";
import { CASES, touchContext, writeContext } from "./lib/contexts.mjs";
import { readOptions } from "./lib/options.mjs";

const comparison = {
  write: writeContext,
  beforeSeries: ({ engine }) => forgetContexts(engine.dockerSocket),
  beforeRun: ({ engine }, { sentBefore }, contextDir) =>
    sentBefore ? touchContext(contextDir) : forgetContexts(engine.dockerSocket),
};

try {
  const options = readOptions("context.mjs", CASES);
  if (options) await compare(comparison, options);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
