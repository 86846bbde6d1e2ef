// SPDX-License-Identifier: Apache-2.0
import type { SolveResponse } from "@bk/proto/control-codec";
import { isOn } from "./options/exports/export-names.js";
import type { ResolvedExport } from "./options/exports/resolved-export.js";
import { isDigest } from "./options/reference.js";

/** Must match the daemon: exporter/containerimage/exptypes of moby/buildkit. */
const IMAGE_DIGEST = "containerimage.digest";
const CONFIG_DIGEST = "containerimage.config.digest";

/** What a successful build left behind. */
export interface BuildResult {
  /** The build's name in the daemon's history. */
  readonly ref: string;
  /** Digest of the manifest or index; undefined when no image was exported. */
  readonly imageDigest: string | undefined;
  /** Digest of the image configuration, which Docker's classic store calls the image ID. */
  readonly configDigest: string | undefined;
  /**
   * What the place that the image went to calls it, as `docker buildx build --iidfile` writes it: the digest of the
   * manifest or index in Docker's containerd store, else that of the configuration.
   */
  readonly imageId: string | undefined;
  /**
   * What the exporters reported, as the daemon spells it. As with docker buildx, the digest of the configuration is not
   * among it with `preferImageDigest`.
   */
  readonly exporterResponse: Readonly<Record<string, string>>;
}

export function toBuildResult(
  ref: string,
  response: SolveResponse,
  exports: readonly ResolvedExport[],
): BuildResult {
  const { [CONFIG_DIGEST]: config, ...others } = response.exporterResponse;
  const isPreferred = exports.some(({ attrs }) => isOn(attrs["prefer-image-digest"]));
  // Docker's containerd store describes the image that it made; its classic one cannot.
  const isDescribed = others["containerimage.descriptor"] !== undefined;
  const isContainerd = isDescribed && exports.some(({ type }) => type === "moby");
  const imageDigest = readDigest(others[IMAGE_DIGEST]);
  const configDigest = readDigest(config);
  return {
    ref,
    imageDigest,
    configDigest,
    imageId: (isPreferred || isContainerd ? imageDigest : configDigest) ?? imageDigest ?? configDigest,
    exporterResponse: { ...others, ...(config !== undefined && !isPreferred && { [CONFIG_DIGEST]: config }) },
  };
}

/** Digests are printed and put into commands, so only well-formed ones are passed on. */
function readDigest(text: string | undefined): string | undefined {
  return text !== undefined && isDigest(text) ? text : undefined;
}
