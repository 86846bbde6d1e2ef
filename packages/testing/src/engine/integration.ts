// SPDX-License-Identifier: Apache-2.0
import { describe, test } from "vitest";

import { findEngine } from "./engine.js";

interface Integration {
  /**
   * A `describe` whose tests need the engine. Without one it holds a single test in their place, skipped with
   * the reason, or failed when BK_INTEGRATION=required.
   */
  describe(name: string, suite: () => void): void;
}

export const integration: Integration = {
  describe(name, suite) {
    const found = findEngine();
    if ("engine" in found) {
      describe(name, suite);
      return;
    }
    describe(name, () => {
      test("needs an engine", (context) => {
        if (process.env["BK_INTEGRATION"] === "required") throw new Error(found.reason);
        context.skip(found.reason);
      });
    });
  },
};
