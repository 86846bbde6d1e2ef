// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { Writable } from "node:stream";
import type { OpenExport } from "@bk/session";
import { checkPath } from "../check-option.js";
import { invalidOption } from "../invalid-option.js";
import type { ExportReceiver } from "./resolved-export.js";

/** Where an export goes that is one stream of bytes: one of the two. */
export interface ByteDestination {
  /**
   * A file, which appears when the export is complete; until then an old one stays. Relative paths start at the
   * working directory. Or a stream, which is ended when the export is complete and destroyed when it is not.
   */
  readonly dest?: string | Writable | undefined;
  /** Opens what receives the bytes, when the daemon begins to send them. */
  readonly open?: OpenExport | undefined;
}

export function resolveByteDestination(option: string, { dest, open }: ByteDestination): ExportReceiver {
  if (dest !== undefined && open !== undefined)
    throw invalidOption(option, `${option} has dest and open, of which it needs one`);
  if (typeof open === "function") return { kind: "stream", open };
  if (dest === undefined) throw invalidOption(`${option}.dest`, `${option} needs dest: a file or a stream`);
  if (!(dest instanceof Writable)) return { kind: "file", path: resolve(checkPath(`${option}.dest`, dest)) };
  if (dest.destroyed || dest.writableEnded)
    throw invalidOption(`${option}.dest`, `The stream of ${option}.dest has ended before the build`);
  return { kind: "writable", body: dest };
}
