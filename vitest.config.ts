import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: ["packages/*", "conformance"],
    // Integration tests share one engine and the machine has few cores.
    maxWorkers: 2,
  },
});
