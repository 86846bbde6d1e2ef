// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import type { Daemon } from "../daemon/daemon.js";
import { SolverError } from "../errors.js";
import type { BlobDescriptor, BuildOutput } from "../history/build-record.js";
import { inspectBuild } from "../history/inspect-build.js";
import { readBlob } from "../history/read-blob.js";
import { isObject, type Json, toSlsa02 } from "./slsa02.js";

/** How much of it: `min` leaves the steps and the times out. */
export type ProvenanceMode = "min" | "max" | "disabled";

const IN_TOTO = "application/vnd.in-toto+json";
const PREDICATE_TYPE = "in-toto.io/predicate-type";
const SLSA = "https://slsa.dev/provenance/";
const MAX_BYTES = 64 << 20;

/**
 * How a build came about, from the daemon's history: predicates of SLSA 0.2 by the name that the metadata file of docker
 * buildx has for them, `buildx.build.provenance`, with `/linux/amd64` behind it when platforms were named.
 *
 * Empty when the daemon keeps no history.
 *
 * @throws {TransportError}, {SolverError}; `signal.reason`.
 */
export async function readProvenance(
  daemon: Daemon,
  ref: string,
  mode: ProvenanceMode,
  options: AbortOptions = {},
): Promise<Readonly<Record<string, Json>>> {
  if (mode === "disabled") return {};
  const outputs = await readOutputs(daemon, ref, options);
  const found: Record<string, Json> = {};
  for (const [platform, output] of Object.entries(outputs)) {
    const blob = findProvenance(output);
    if (!blob) continue;
    const name = platform === "" ? "buildx.build.provenance" : `buildx.build.provenance/${platform}`;
    const predicate = await readPredicate(daemon, blob, options);
    if (predicate) found[name] = shorten(predicate, mode);
  }
  return found;
}

async function readOutputs(
  daemon: Daemon,
  ref: string,
  options: AbortOptions,
): Promise<Readonly<Record<string, BuildOutput>>> {
  try {
    return (await inspectBuild(daemon, ref, options)).results;
  } catch (error) {
    const isAbsent =
      SolverError.is(error) && (error.code === "BK_UNSUPPORTED" || error.code === "BK_BUILD_NOT_FOUND");
    if (isAbsent) return {};
    throw error;
  }
}

function findProvenance({ attestations }: BuildOutput): BlobDescriptor | undefined {
  return attestations.find(
    ({ mediaType, annotations }) =>
      mediaType === IN_TOTO && annotations[PREDICATE_TYPE]?.startsWith(SLSA) === true,
  );
}

async function readPredicate(
  daemon: Daemon,
  { digest, annotations }: BlobDescriptor,
  options: AbortOptions,
): Promise<Json | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of readBlob(daemon, digest, options)) {
    size += chunk.length;
    if (size > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  const predicate = parseJson(Buffer.concat(chunks).toString("utf8"));
  if (!isObject(predicate)) return undefined;
  return annotations[PREDICATE_TYPE] === `${SLSA}v1` ? toSlsa02(predicate) : predicate;
}

/** What is no JSON is no predicate: a build does not fail for it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shorten(predicate: Json, mode: ProvenanceMode): Json {
  if (mode === "max") return predicate;
  const { buildConfig, metadata, ...rest } = predicate;
  return rest;
}
