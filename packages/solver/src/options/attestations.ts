// SPDX-License-Identifier: Apache-2.0
import { checkRecord, checkText } from "./check-option.js";
import { formatAttestFlag } from "./flags/attest-flag.js";
import { invalidOption, renameOption, showValue } from "./invalid-option.js";
import { parseReference } from "./reference.js";

/** Statements about an image that are stored beside it. An image with any is an index, even for one platform. */
export interface AttestationOptions {
  /** What is in the image, as SPDX. `true` takes BuildKit's own scanner, which it pulls. Default `false`. */
  readonly sbom?: boolean | SbomOptions | undefined;
  /**
   * How the image was built. `auto` is what docker buildx does by default: the least, where the daemon's store and the
   * export can hold it. Default `false`, with which equal builds have equal digests.
   */
  readonly provenance?: boolean | "auto" | ProvenanceOptions | undefined;
}

export interface SbomOptions {
  /** Image of the scanner. */
  readonly generator?: string | undefined;
  /** Parameters of the scanner: `SELECT_CATALOGERS` reaches it as `BUILDKIT_SCAN_SELECT_CATALOGERS`. */
  readonly attrs?: Readonly<Record<string, string>> | undefined;
}

export interface ProvenanceOptions {
  /** `max` has all build args and the whole build graph. Default `min`. */
  readonly mode?: "min" | "max" | undefined;
  /** More parameters, as the daemon spells them: `{ "builder-id": "https://ci.example/" }`. */
  readonly attrs?: Readonly<Record<string, string>> | undefined;
}

export interface ResolvedAttestations {
  /** The frontend's value; undefined for none. */
  readonly sbom: string | undefined;
  readonly provenance: string | undefined;
  /** The default is wanted where it can be held. */
  readonly autoProvenance: boolean;
}

/** Must match docker buildx: toSolveOpt. */
const DEFAULT_PROVENANCE = "mode=min,inline-only=true";

/** @throws {SolverError} `BK_OPTIONS_INVALID` */
export function resolveAttestations({ sbom, provenance }: AttestationOptions): ResolvedAttestations {
  return {
    sbom: resolveSbom(sbom),
    provenance: provenance === "auto" ? undefined : resolveProvenance(provenance),
    autoProvenance: provenance === "auto",
  };
}

function resolveSbom(sbom: AttestationOptions["sbom"]): string | undefined {
  if (sbom === undefined || sbom === false) return undefined;
  const { generator, attrs } = asOptions("sbom", sbom);
  const option = "attestations.sbom.generator";
  if (generator !== undefined) renameOption(option, () => parseReference(checkText(option, generator)));
  return format("sbom", { ...attrs, ...(generator !== undefined && { generator }) });
}

function resolveProvenance(provenance: boolean | ProvenanceOptions | undefined): string | undefined {
  if (provenance === undefined || provenance === false) return undefined;
  const { mode, attrs } = asOptions("provenance", provenance);
  if (mode !== undefined && mode !== "min" && mode !== "max") {
    const option = "attestations.provenance.mode";
    throw invalidOption(option, `${option} is ${showValue(mode)}, not min or max`);
  }
  return format("provenance", { ...attrs, ...(mode !== undefined && { mode }) });
}

function asOptions<T extends object>(type: string, given: true | T): Partial<T> {
  if (given === true) return {};
  if (typeof given === "object" && given !== null) return given;
  const option = `attestations.${type}`;
  throw invalidOption(option, `${option} is ${showValue(given)}: expected true, false or options`);
}

function format(type: string, attrs: Readonly<Record<string, string>>): string {
  checkRecord(`attestations.${type}.attrs`, attrs);
  return formatAttestFlag({ type, disabled: false, attrs });
}

/** The Dockerfile frontend's attributes. `canHold`: whether the default has a place to go. */
export function toAttestationAttrs(
  { sbom, provenance, autoProvenance }: ResolvedAttestations,
  canHold: boolean,
): Record<string, string> {
  const resolved = provenance ?? (autoProvenance && canHold ? DEFAULT_PROVENANCE : undefined);
  return {
    ...(sbom !== undefined && { "attest:sbom": sbom }),
    ...(resolved !== undefined && { "attest:provenance": resolved }),
  };
}
