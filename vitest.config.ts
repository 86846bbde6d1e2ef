// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: ["packages/*", "conformance", "scripts"],
    // Integration tests share one engine and the machine has few cores.
    maxWorkers: 2,
  },
});
