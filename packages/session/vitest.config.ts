// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "@bk/session", testTimeout: 30_000, hookTimeout: 30_000 } });
