// SPDX-License-Identifier: Apache-2.0
import { unknownName } from "./attrs/resolve-attrs.js";
import { type DockerExport, type OciExport, resolveArchiveExport } from "./exports/archive.js";
import {
  type ImageExport,
  type MobyExport,
  type RegistryExport,
  resolveImageExport,
  resolveMobyExport,
  resolveRegistryExport,
} from "./exports/image.js";
import { type LocalExport, resolveLocalExport } from "./exports/local.js";
import type { ExportContext, ResolvedExport } from "./exports/resolved-export.js";
import { resolveTarExport, type TarExport } from "./exports/tar.js";

/** Where the result of a build goes. */
export type ExportOptions =
  | ImageExport
  | RegistryExport
  | MobyExport
  | OciExport
  | DockerExport
  | LocalExport
  | TarExport;

const TYPES: readonly ExportOptions["type"][] = [
  "image",
  "registry",
  "moby",
  "oci",
  "docker",
  "local",
  "tar",
];

/**
 * Checks one export and spells its attributes out.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`
 */
export function resolveExport(options: ExportOptions, context: ExportContext): ResolvedExport {
  switch (options.type) {
    case "image":
      return resolveImageExport(options, context);
    case "registry":
      return resolveRegistryExport(options, context);
    case "moby":
      return resolveMobyExport(options, context);
    case "oci":
    case "docker":
      return resolveArchiveExport(options, context);
    case "local":
      return resolveLocalExport(options, context);
    case "tar":
      return resolveTarExport(options, context);
    default: {
      const { type } = options satisfies never as ExportOptions;
      throw unknownName(`${context.option}.type`, "There is no export type", String(type), TYPES);
    }
  }
}
