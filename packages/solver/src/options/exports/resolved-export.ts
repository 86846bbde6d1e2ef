// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import type { DiskTargetOptions, OpenExport, ReceiveSummary } from "@bk/session";
import type { WrittenAttrs } from "../attrs/resolve-attrs.js";
import type { Reference } from "../reference.js";

/** What receives an export that comes over the session. */
export type ExportReceiver =
  | { readonly kind: "stream"; readonly open: OpenExport }
  | { readonly kind: "writable"; readonly body: Writable }
  /** Its `path` is absolute. */
  | { readonly kind: "file"; readonly path: string }
  | {
      readonly kind: "directory";
      /** Its `dir` is absolute. */
      readonly target: DiskTargetOptions;
      readonly onReceived: ((summary: ReceiveSummary) => void) | undefined;
    }
  /** An OCI layout. Its `dir` is absolute. */
  | { readonly kind: "layout"; readonly dir: string };

/** An export as it goes to the daemon. */
export interface ResolvedExport {
  /** The daemon's exporter. */
  readonly type: "image" | "moby" | "docker" | "oci" | "tar" | "local";
  readonly attrs: WrittenAttrs;
  /** Undefined when the daemon keeps the result, or pushes it. */
  readonly receiver: ExportReceiver | undefined;
}

/** What an export is resolved with. */
export interface ExportContext {
  /** Names the export in errors: `exports[0]`. */
  readonly option: string;
  /** The tags of the build, as they were given: `latest` is not filled in. */
  readonly tags: readonly Reference[];
}
