// SPDX-License-Identifier: Apache-2.0
import { resolveAttrs } from "../attrs/resolve-attrs.js";
import { type ByteDestination, resolveByteDestination } from "./byte-destination.js";
import { FILES_ATTRS, type FilesOptions } from "./files.js";
import type { ExportContext, ResolvedExport } from "./resolved-export.js";

/** The files of the result, as a tar. */
export interface TarExport extends FilesOptions, ByteDestination {
  readonly type: "tar";
}

export function resolveTarExport(options: TarExport, { option }: ExportContext): ResolvedExport {
  const source = { what: "A tar export", table: FILES_ATTRS, own: ["dest", "open"] };
  const attrs = resolveAttrs(option, options, source);
  return { type: "tar", attrs, receiver: resolveByteDestination(option, options) };
}
