// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from "vitest/config";
import { limits } from "../../vitest.limits.mjs";

export default defineConfig({ test: { name: "@bk/session", ...limits } });
