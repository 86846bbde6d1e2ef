// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from "vitest/config";
import { textImports } from "../../scripts/lib/text-imports.mjs";

export default defineConfig({
  plugins: [textImports()],
  test: { name: "@bk/progress", testTimeout: 60_000, hookTimeout: 60_000 },
});
