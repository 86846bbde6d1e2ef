// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";

/** Which build's context is looked at. Paths and patterns are text. */
export interface ContextOptions extends AbortOptions {
  /** As for a build: a path, relative to the working directory, or the text itself. Default: `Dockerfile` in the context. */
  readonly dockerfile?: string | { readonly text: string } | undefined;
  /** Taken instead of the ignore file, which is then not read. */
  readonly excludePatterns?: readonly string[] | undefined;
  /** Only what one of these matches, with the directories above it. */
  readonly includePatterns?: readonly string[] | undefined;
  /**
   * Paths, with wildcards, that join `includePatterns` with what their symbolic links lead to. A daemon asks for
   * the sources of COPY and ADD in this way, which only its Dockerfile frontend knows.
   */
  readonly followPaths?: readonly string[] | undefined;
}
