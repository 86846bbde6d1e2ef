// SPDX-License-Identifier: Apache-2.0
import type { OpenExport } from "@bk/session";
import { checkRecord } from "./check-option.js";
import { invalidOption, showValue } from "./invalid-option.js";

interface ExportBase {
  /** More attributes of the exporter, as the daemon spells them: `{ compression: "zstd" }`. */
  readonly attrs?: Readonly<Record<string, string>> | undefined;
}

/** A tar that `docker load` reads, streamed to this process over the session. */
export interface DockerExport extends ExportBase {
  readonly type: "docker";
  /** Opens what receives the tar, when the daemon begins to send it. */
  readonly open: OpenExport;
}

/** The image store of the Docker daemon whose own BuildKit runs the build. */
export interface MobyExport extends ExportBase {
  readonly type: "moby";
}

/** The image store of the BuildKit daemon, or a registry with `push`. */
export interface ImageExport extends ExportBase {
  readonly type: "image";
  /** Push every tag to its registry. Needs at least one tag. */
  readonly push?: boolean | undefined;
  /** Allow plain HTTP and unverified certificates for the push. */
  readonly insecureRegistry?: boolean | undefined;
}

/** Where the result of a build goes. */
export type ExportOptions = DockerExport | MobyExport | ImageExport;

/** An export as it goes to the daemon. Its names are the tags of the build. */
export interface ResolvedExport {
  readonly type: ExportOptions["type"];
  readonly attrs: Readonly<Record<string, string>>;
  /** What receives the export, when it comes over the session. */
  readonly open: OpenExport | undefined;
}

/**
 * Checks one export and spells its attributes out. `option` names it in errors; `names` are normalised tags.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`
 */
export function resolveExport(
  option: string,
  options: ExportOptions,
  names: readonly string[],
): ResolvedExport {
  const attrs: Record<string, string> = { ...checkRecord(`${option}.attrs`, options.attrs ?? {}) };
  if ("name" in attrs) {
    throw invalidOption(`${option}.attrs.name`, `Name the image with tags, not with ${option}.attrs.name`);
  }
  if (names.length > 0) attrs["name"] = names.join(",");
  return {
    type: options.type,
    attrs: { ...attrs, ...typedAttrs(option, options, names) },
    open: options.type === "docker" ? options.open : undefined,
  };
}

function typedAttrs(
  option: string,
  options: ExportOptions,
  names: readonly string[],
): Record<string, string> {
  switch (options.type) {
    case "docker":
    case "moby":
      return {};
    case "image":
      if (options.push === true && names.length === 0) {
        throw invalidOption("tags", "A push needs at least one tag, which says where to push");
      }
      return {
        ...(options.push === true && { push: "true" }),
        ...(options.insecureRegistry === true && { "registry.insecure": "true" }),
      };
    default: {
      const { type } = options satisfies never as ExportOptions;
      throw invalidOption(`${option}.type`, `Export type ${showValue(type)} is not docker, moby or image`);
    }
  }
}
