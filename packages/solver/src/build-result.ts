// SPDX-License-Identifier: Apache-2.0
import type { SolveResponse } from "@bk/proto/control";
import { isDigest } from "./options/reference.js";

/** What a successful build left behind. */
export interface BuildResult {
  /** The build's name in the daemon's history. */
  readonly ref: string;
  /** Digest of the manifest or index; undefined when no image was exported. */
  readonly imageDigest: string | undefined;
  /** Digest of the image configuration, which Docker's classic store calls the image ID. */
  readonly configDigest: string | undefined;
  /** All that the exporters reported, as the daemon spells it. */
  readonly exporterResponse: Readonly<Record<string, string>>;
}

export function toBuildResult(ref: string, response: SolveResponse): BuildResult {
  const exporterResponse = { ...response.exporterResponse };
  return {
    ref,
    imageDigest: readDigest(exporterResponse["containerimage.digest"]),
    configDigest: readDigest(exporterResponse["containerimage.config.digest"]),
    exporterResponse,
  };
}

/** Digests are printed and put into commands, so only well-formed ones are passed on. */
function readDigest(text: string | undefined): string | undefined {
  return text !== undefined && isDigest(text) ? text : undefined;
}
