// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import type { DiskTargetOptions, OpenExport, ReceivePolicy, ReceiveSummary } from "@bk/session";
import { checkPath, checkRecord } from "./check-option.js";
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

/** The files of the result, in a directory of this machine. They belong to the user of this process. */
export interface LocalExport extends ExportBase {
  readonly type: "local";
  /** The directory; made if it does not exist. Relative paths start at the working directory. */
  readonly dest: string;
  /**
   * `copy` merges with what is in `dest`; `delete` also removes what is not in the result, once all of it has
   * arrived. It is refused for the root, home and working directory and what holds them, and needs BuildKit 0.31.
   * Default `copy`.
   */
  readonly mode?: "copy" | "delete" | undefined;
  /** A folder for each platform (`linux_amd64`). Default: only when several are built. */
  readonly platformSplit?: boolean | undefined;
  /** Default: root takes no setuid and setgid bits; others take what the system lets them. */
  readonly policy?: ReceivePolicy | undefined;
  /** Told what arrived and what was left out, for each transfer that succeeded. */
  readonly onReceived?: ((summary: ReceiveSummary) => void) | undefined;
}

/** Where the result of a build goes. */
export type ExportOptions = DockerExport | MobyExport | ImageExport | LocalExport;

/** What receives an export that comes over the session. */
export type ExportReceiver =
  | { readonly kind: "stream"; readonly open: OpenExport }
  | {
      readonly kind: "directory";
      /** Its `dir` is absolute. */
      readonly target: DiskTargetOptions;
      readonly onReceived: LocalExport["onReceived"];
    };

/** An export as it goes to the daemon. Its names are the tags of the build. */
export interface ResolvedExport {
  readonly type: ExportOptions["type"];
  readonly attrs: Readonly<Record<string, string>>;
  /** Undefined when the daemon keeps the result, or pushes it. */
  readonly receiver: ExportReceiver | undefined;
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
  refuseAttr(option, attrs, "name", "Name the image with tags");
  // Files have no name.
  if (names.length > 0 && options.type !== "local") attrs["name"] = names.join(",");
  return {
    type: options.type,
    attrs: { ...attrs, ...typedAttrs(option, options, names) },
    receiver: resolveReceiver(option, options),
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
    case "local":
      return localAttrs(option, options);
    default: {
      const { type } = options satisfies never as ExportOptions;
      throw invalidOption(
        `${option}.type`,
        `Export type ${showValue(type)} is not docker, moby, image or local`,
      );
    }
  }
}

/** The directory is this side's business; the daemon learns what decides which files it sends. */
function localAttrs(
  option: string,
  { attrs = {}, mode, platformSplit }: LocalExport,
): Record<string, string> {
  for (const name of ["dest", "mode"]) refuseAttr(option, attrs, name, `Set ${option}.${name}`);
  if (mode !== undefined && mode !== "copy" && mode !== "delete") {
    throw invalidOption(`${option}.mode`, `${option}.mode is ${showValue(mode)}, not copy or delete`);
  }
  return {
    ...(mode === "delete" && { mode }),
    ...(platformSplit !== undefined && { "platform-split": String(platformSplit) }),
  };
}

function resolveReceiver(option: string, options: ExportOptions): ExportReceiver | undefined {
  if (options.type === "docker") return { kind: "stream", open: options.open };
  if (options.type !== "local") return undefined;
  const { dest, mode, policy, onReceived } = options;
  const dir = resolve(checkPath(`${option}.dest`, dest));
  return { kind: "directory", target: { dir, delete: mode === "delete", policy }, onReceived };
}

function refuseAttr(
  option: string,
  attrs: Readonly<Record<string, string>>,
  name: string,
  instead: string,
): void {
  if (name in attrs)
    throw invalidOption(`${option}.attrs.${name}`, `${instead}, not ${option}.attrs.${name}`);
}
