// SPDX-License-Identifier: Apache-2.0
import type { Readable, Writable } from "node:stream";
import type { AuthOptions, SecretSource, SshSource, SyncProgress } from "@bk/session";
import type { ExportOptions } from "@bk/solver";
import type { AbortOptions } from "@bk/transport";

export type RegistryAuthOptions = Pick<AuthOptions, "allowedRegistries" | "allowTokenRealm" | "tls">;

export interface BuildOptions extends AbortOptions {
  /** Directory that COPY and ADD read from. */
  readonly contextDir?: string | undefined;
  /**
   * In place of `contextDir`: the URL of a git repository (`https://host/app.git#branch:dir`) or of a tar, which the
   * daemon fetches; or a stream of a tar archive (plain, gzip, bzip2 or xz), or of a Dockerfile, which then has no files
   * to copy. It is destroyed when the build ends.
   */
  readonly context?: string | Readable | undefined;
  /**
   * A path, relative to the working directory as with `docker buildx build -f`, the text itself, or a stream of it.
   * With an archive or a URL as `context`, a path inside it. Default: `Dockerfile` in the context.
   */
  readonly dockerfile?: string | { readonly text: string } | Readable | undefined;
  /** What steps may mount with `RUN --mount=type=secret`, by id. Each up to 500 KiB, never shown anywhere. */
  readonly secrets?: Readonly<Record<string, SecretSource>> | undefined;
  /** SSH agents that steps may mount with `RUN --mount=type=ssh`, by id; `default` for steps that name none. */
  readonly ssh?: Readonly<Record<string, SshSource>> | undefined;
  /** Which registries may be used as the user, and where the credentials for them may go. */
  readonly registryAuth?: RegistryAuthOptions | undefined;
  /** Name of the image, or several. Standalone builds that are loaded into Docker need one. */
  readonly tag?: string | readonly string[] | undefined;
  readonly noCache?: boolean | undefined;
  /** For example `linux/arm64`. Sent only when given: the daemon's own otherwise. */
  readonly platform?: string | undefined;
  readonly buildArgs?: Readonly<Record<string, string>> | undefined;
  readonly target?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /**
   * Where the result goes, in place of Docker: `[{ type: "local", dest: "out" }]`. No Docker is needed for that, nor a
   * tag unless the export pushes. With an empty list it stays in the daemon's cache.
   */
  readonly exports?: readonly ExportOptions[] | undefined;
  /**
   * Called every 100 ms while the context or the Dockerfile is sent, and once at the end of each. What it throws
   * fails the build.
   */
  readonly onSyncProgress?: ((progress: SyncProgress) => void) | undefined;
  /** What becomes of entries of the context that may not be read: the build fails, or goes on without them. Default `error`. */
  readonly onUnreadable?: "error" | "skip" | undefined;
  /** Takes the progress as lines of text. Default `process.stdout`. It is never ended. */
  readonly output?: Writable | undefined;
  /** Standalone only: how long to wait for the daemon, in milliseconds; 0 not to wait. Default 30 000. */
  readonly waitTimeoutMs?: number | undefined;
}
