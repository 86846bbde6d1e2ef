// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import type { ReceivePolicy, ReceiveSummary } from "@bk/session";
import { type AttrTable, oneOf } from "../attrs/attr-table.js";
import { resolveAttrs } from "../attrs/resolve-attrs.js";
import { checkPath } from "../check-option.js";
import { FILES_ATTRS, type FilesOptions } from "./files.js";
import type { ExportContext, ResolvedExport } from "./resolved-export.js";

/** The files of the result, in a directory of this machine. They belong to the user of this process. */
export interface LocalExport extends FilesOptions {
  readonly type: "local";
  /** The directory; made if it does not exist. Relative paths start at the working directory. */
  readonly dest: string;
  /**
   * `copy` merges with what is in `dest`; `delete` also removes what is not in the result, once all of it has
   * arrived. It is refused for the root, home and working directory and what holds them, and needs BuildKit 0.31.
   * Default `copy`.
   */
  readonly mode?: "copy" | "delete" | undefined;
  /** Default: root takes no setuid and setgid bits; others take what the system lets them. */
  readonly policy?: ReceivePolicy | undefined;
  /** Told what arrived and what was left out, for each transfer that succeeded. */
  readonly onReceived?: ((summary: ReceiveSummary) => void) | undefined;
}

const LOCAL_ATTRS: AttrTable<Omit<FilesOptions, "attrs"> & Pick<LocalExport, "mode">> = {
  ...FILES_ATTRS,
  mode: oneOf("mode", ["copy", "delete"]),
};

/** The directory is this side's business; the daemon learns what decides which files it sends. */
export function resolveLocalExport(options: LocalExport, { option }: ExportContext): ResolvedExport {
  const source = { what: "A local export", table: LOCAL_ATTRS, own: ["dest", "policy", "onReceived"] };
  const { mode, ...attrs } = resolveAttrs(option, options, source);
  const { dest, policy, onReceived } = options;
  const dir = resolve(checkPath(`${option}.dest`, dest));
  return {
    type: "local",
    // Daemons before 0.31 know no mode, and copying is what they do.
    attrs: mode === "delete" ? { ...attrs, mode } : attrs,
    receiver: { kind: "directory", target: { dir, delete: mode === "delete", policy }, onReceived },
  };
}
