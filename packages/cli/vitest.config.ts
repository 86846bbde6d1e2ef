// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "@bk/cli", testTimeout: 60_000, hookTimeout: 60_000 } });
