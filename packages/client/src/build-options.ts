// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import type { AbortOptions } from "@bk/transport";

export interface BuildOptions extends AbortOptions {
  /** Directory that COPY and ADD read from. */
  readonly contextDir: string;
  /** A path, relative to the working directory as with `docker buildx build -f`, or the text itself. Default: `Dockerfile` in `contextDir`. */
  readonly dockerfile?: string | { readonly text: string } | undefined;
  /** Name of the image, or several. Standalone builds need one. */
  readonly tag?: string | readonly string[] | undefined;
  readonly noCache?: boolean | undefined;
  /** For example `linux/arm64`. Sent only when given: the daemon's own otherwise. */
  readonly platform?: string | undefined;
  readonly buildArgs?: Readonly<Record<string, string>> | undefined;
  readonly target?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Takes the progress as lines of text. Default `process.stdout`. It is never ended. */
  readonly output?: Writable | undefined;
  /** Standalone only: how long to wait for the daemon, in milliseconds; 0 not to wait. Default 30 000. */
  readonly waitTimeoutMs?: number | undefined;
}
