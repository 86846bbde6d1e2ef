// SPDX-License-Identifier: Apache-2.0

/**
 * How long a test and its hooks may take, unless they say otherwise. Vitest's own 5 and 10 s are too short for
 * processes that start on a busy machine; a test that hangs is told all the same.
 */
export const limits = { testTimeout: 30_000, hookTimeout: 30_000 };
