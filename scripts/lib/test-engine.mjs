// SPDX-License-Identifier: Apache-2.0
import { EngineError, engineUp } from "../engine/index.mjs";

/**
 * Makes sure that the tests have a daemon. Tests use the private engine, so that nobody's own Docker fills
 * with test images; `BK_TEST_DOCKER=1` gives them the user's Docker instead, and
 * BK_TEST_ENGINE another engine. Where there is none, the tests
 * that need one say so and are skipped, unless `BK_INTEGRATION=required` makes that a failure.
 */
export async function prepareTestEngine(env = process.env) {
  if (env.BK_TEST_DOCKER === "1")
    return { failed: false, notice: "engine: your own Docker (BK_TEST_DOCKER=1)" };
  if (env.BK_TEST_ENGINE) return { failed: false, notice: `engine: ${env.BK_TEST_ENGINE} (BK_TEST_ENGINE)` };
  try {
    const { dockerHost, versions } = await engineUp({ forTests: true, onNotice: console.log });
    return { failed: false, notice: `engine: Docker ${versions.docker} at ${dockerHost}` };
  } catch (error) {
    const reason = error instanceof EngineError ? error.message : String(error);
    return { failed: env.BK_INTEGRATION === "required", notice: `engine: none (${reason})` };
  }
}
