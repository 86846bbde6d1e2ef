// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { type AttrTable, bool } from "../attrs/attr-table.js";
import { resolveAttrs, type WrittenAttrs } from "../attrs/resolve-attrs.js";
import { checkPath } from "../check-option.js";
import { invalidOption } from "../invalid-option.js";
import { type ByteDestination, resolveByteDestination } from "./byte-destination.js";
import { isOn, withNames } from "./export-names.js";
import { ANNOTATION_ATTR, IMAGE_FORMAT_ATTRS, type ImageFormatOptions } from "./image-format.js";
import type { ExportContext, ExportReceiver, ResolvedExport } from "./resolved-export.js";

interface ArchiveOptions extends ImageFormatOptions, ByteDestination {
  /** False for an OCI layout in the directory `dest`, in place of a tar of one. Default true. */
  readonly tar?: boolean | undefined;
}

/** An image as a tar or a directory in the OCI image layout, several platforms and attestations included. */
export interface OciExport extends ArchiveOptions {
  readonly type: "oci";
}

/** An image as a tar that `docker load` reads, or a directory with the same. It holds one platform. */
export interface DockerExport extends ArchiveOptions {
  readonly type: "docker";
}

const ARCHIVE_ATTRS: AttrTable<Omit<ArchiveOptions, "attrs" | keyof ByteDestination>> = {
  ...IMAGE_FORMAT_ATTRS,
  tar: bool("tar"),
};

export function resolveArchiveExport(
  options: OciExport | DockerExport,
  context: ExportContext,
): ResolvedExport {
  const { type } = options;
  const attrs = resolveAttrs(context.option, options, {
    what: type === "oci" ? "An oci export" : "A docker export",
    table: ARCHIVE_ATTRS,
    own: ["dest", "open"],
    pattern: ANNOTATION_ATTR,
  });
  return {
    type,
    attrs: withNames(attrs, context),
    receiver: resolveReceiver(context.option, options, attrs),
  };
}

function resolveReceiver(option: string, options: ByteDestination, attrs: WrittenAttrs): ExportReceiver {
  const { tar } = attrs;
  if (tar === undefined || isOn(tar)) return resolveByteDestination(option, options);
  if (typeof options.dest !== "string" || options.open !== undefined)
    throw invalidOption(`${option}.dest`, `${option} with tar: false needs the path of a directory as dest`);
  return { kind: "layout", dir: resolve(checkPath(`${option}.dest`, options.dest)) };
}
