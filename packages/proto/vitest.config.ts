// SPDX-License-Identifier: Apache-2.0
// Also stops vitest, when started in this folder, from taking the workspace's configuration for its own.
import { defineProject } from "vitest/config";

export default defineProject({});
