// SPDX-License-Identifier: Apache-2.0

import type { BuildOptions } from "@bk/client";
import type { AttestFlag } from "@bk/solver/flags";
import type { Command } from "commander";
import { append } from "./repeatable.js";
import { UsageError } from "./usage-error.js";

export interface AttestFlags {
  readonly attest?: readonly string[];
  /** `true`, `false`, or parameters: `mode=max`. */
  readonly provenance?: string;
  readonly sbom?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Attestations = NonNullable<BuildOptions["attestations"]>;

const NO_DEFAULT_VARIABLE = "BUILDX_NO_DEFAULT_ATTESTATIONS";

/** Those of what is said about the image, annotations included. */
export function addStatementOptions(command: Command): Command {
  return command
    .option(
      "--annotation <name=value>",
      "annotation of the image; index:NAME=VALUE for another place (repeatable; default: none)",
      append,
    )
    .option(
      "--attest <spec>",
      "statement about the image: type=sbom or type=provenance (repeatable; default: that of --provenance)",
      append,
    )
    .option(
      "--provenance <value>",
      "true, false, or parameters such as mode=max (default: mode=min where the image can hold it)",
    )
    .option("--sbom <value>", "true, false, or parameters such as generator=IMAGE (default: false)");
}

/**
 * Turns `--attest`, `--provenance` and `--sbom` into options. As with docker buildx, the first of a type counts, and
 * provenance is `auto` when nothing is said about it.
 *
 * @throws {UsageError}; {SolverError} `BK_OPTIONS_INVALID` for a malformed flag.
 */
export async function toAttestations(
  { attest = [], provenance = "", sbom = "" }: AttestFlags,
  env: Environment,
): Promise<Attestations> {
  const { parseAttestFlag, parseBool, toAttestFlag } = await import("@bk/solver/flags");
  const texts = [...attest, toAttestFlag("provenance", provenance), toAttestFlag("sbom", sbom)];
  const flags = texts.filter((text) => text !== "").map(parseAttestFlag);
  for (const { type } of flags)
    if (type !== "sbom" && type !== "provenance")
      throw new UsageError(`There is no attestation ${JSON.stringify(type)}: expected sbom or provenance`);
  const first = (type: string) => flags.find((flag) => flag.type === type);
  const noDefault = env[NO_DEFAULT_VARIABLE] ?? "false";
  const isOff = parseBool(noDefault);
  if (isOff === undefined)
    throw new UsageError(`${NO_DEFAULT_VARIABLE} is ${JSON.stringify(noDefault)}, not true or false`);
  return {
    provenance: toProvenance(first("provenance")) ?? (isOff ? false : "auto"),
    sbom: toSbom(first("sbom")),
  };
}

function toProvenance(flag: AttestFlag | undefined): Attestations["provenance"] {
  if (!flag || flag.disabled) return flag && false;
  const { mode, ...attrs } = flag.attrs;
  // What is none of these, the solver refuses.
  return { mode: mode as "min" | undefined, attrs };
}

function toSbom(flag: AttestFlag | undefined): Attestations["sbom"] {
  if (!flag || flag.disabled) return flag && false;
  const { generator, ...attrs } = flag.attrs;
  return { generator, attrs };
}
