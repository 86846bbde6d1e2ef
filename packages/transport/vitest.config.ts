// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "@bk/transport", testTimeout: 60_000, hookTimeout: 60_000 } });
