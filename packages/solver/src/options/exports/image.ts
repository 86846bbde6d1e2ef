// SPDX-License-Identifier: Apache-2.0
import { type AttrTable, bool, text } from "../attrs/attr-table.js";
import { resolveAttrs } from "../attrs/resolve-attrs.js";
import { withNames } from "./export-names.js";
import { ANNOTATION_ATTR, IMAGE_FORMAT_ATTRS, type ImageFormatOptions } from "./image-format.js";
import type { ExportContext, ResolvedExport } from "./resolved-export.js";

/** What becomes of an image that is pushed, or kept in the daemon's store. */
interface ImageStoreOptions extends ImageFormatOptions {
  /** Push without a tag, to the repositories that `name` or the tags name. */
  readonly pushByDigest?: boolean | undefined;
  /** Allow plain HTTP and unverified certificates for the push. */
  readonly insecureRegistry?: boolean | undefined;
  /** Unpack the image, so that containers can start from it at once. */
  readonly unpack?: boolean | undefined;
  /** Keep it in the daemon's image store, if the daemon has one. Default: it is kept. */
  readonly store?: boolean | undefined;
  /** Also name the image by this prefix and its digest. */
  readonly danglingNamePrefix?: string | undefined;
  /** Only when it has no other name. */
  readonly danglingNameEmptyOnly?: boolean | undefined;
  /** Also name it `NAME@DIGEST`. */
  readonly nameCanonical?: boolean | undefined;
}

/** The image store of the BuildKit daemon, or a registry with `push`. */
export interface ImageExport extends ImageStoreOptions {
  readonly type: "image";
  /** Push every tag to its registry. Needs at least one tag. */
  readonly push?: boolean | undefined;
}

/** A registry: an image export that pushes, and unpacks nothing unless it is told to. Needs at least one tag. */
export interface RegistryExport extends ImageStoreOptions {
  readonly type: "registry";
}

/** The image store of the Docker daemon whose own BuildKit runs the build. */
export interface MobyExport extends ImageStoreOptions {
  readonly type: "moby";
  readonly push?: boolean | undefined;
}

const STORE_ATTRS: AttrTable<Omit<ImageStoreOptions, "attrs">> = {
  ...IMAGE_FORMAT_ATTRS,
  pushByDigest: bool("push-by-digest"),
  insecureRegistry: bool("registry.insecure"),
  unpack: bool("unpack"),
  store: bool("store"),
  danglingNamePrefix: text("dangling-name-prefix"),
  danglingNameEmptyOnly: bool("danging-name-empty-only"), // the daemon's own spelling
  nameCanonical: bool("name-canonical"),
};

const IMAGE_ATTRS: AttrTable<Omit<ImageExport, "type" | "attrs">> = { ...STORE_ATTRS, push: bool("push") };

export function resolveImageExport(options: ImageExport, context: ExportContext): ResolvedExport {
  return resolveStored("image", options, context, "An image export");
}

export function resolveMobyExport(options: MobyExport, context: ExportContext): ResolvedExport {
  return resolveStored("moby", options, context, "A moby export");
}

/** Must match docker buildx, whose registry exporter is the daemon's image exporter too. */
export function resolveRegistryExport(options: RegistryExport, context: ExportContext): ResolvedExport {
  const { option } = context;
  const source = { what: "A registry export", table: IMAGE_ATTRS, pattern: ANNOTATION_ATTR };
  const attrs = { unpack: "false", ...resolveAttrs(option, options, source), push: "true" };
  return { type: "image", attrs: withNames(attrs, context), receiver: undefined };
}

function resolveStored(
  type: "image" | "moby",
  options: ImageExport | MobyExport,
  context: ExportContext,
  what: string,
): ResolvedExport {
  const attrs = resolveAttrs(context.option, options, { what, table: IMAGE_ATTRS, pattern: ANNOTATION_ATTR });
  return { type, attrs: withNames(attrs, context), receiver: undefined };
}
