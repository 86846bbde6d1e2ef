// SPDX-License-Identifier: Apache-2.0
import type {
  Definition,
  OpMetadata,
  Range as ProtoRange,
  Source as ProtoSource,
  SourceInfo as ProtoSourceInfo,
} from "@bk/proto/control-codec";
import type { SourceInfo, SourceInfoRange } from "./status-types.js";

/** A file larger than this is left out, and so is a graph. */
const MAX_BYTES = 1 << 20;
/** A graph may name files, which may name graphs. */
const MAX_DEPTH = 4;

type Json = { readonly [key: string]: unknown };

/** Undefined when the file is too large to be kept. */
export function toSourceInfo({
  filename,
  data,
  definition,
  language,
}: ProtoSourceInfo): SourceInfo | undefined {
  if (data.length > MAX_BYTES) return undefined;
  return { filename, data, definition: definition && definitionJson(definition, 0), language };
}

export function toSourceInfoRange({ start, end }: ProtoRange): SourceInfoRange {
  return {
    start: start && { line: start.line, character: start.character },
    end: end && { line: end.line, character: end.character },
  };
}

/**
 * A graph as the daemon's own tools write it in JSON: base64 for bytes, names as in its interface, what is empty left
 * out. Undefined when it is too large or nested too deeply.
 *
 * Must match the reference: encoding/json of pb.Definition in moby/buildkit, solver/pb.
 */
function definitionJson({ def, metadata, source }: Definition, depth: number): Json | undefined {
  if (depth > MAX_DEPTH || def.reduce((sum, op) => sum + op.length, 0) > MAX_BYTES) return undefined;
  return present({
    def: def.map(base64),
    metadata: mapJson(metadata, metadataJson),
    Source: source && sourceJson(source, depth),
  });
}

function metadataJson(metadata: OpMetadata): Json {
  const { exportCache, progressGroup, linuxResources } = metadata;
  return present({
    ignore_cache: metadata.ignoreCache,
    description: mapJson(metadata.description, (text) => text),
    export_cache: exportCache && present({ Value: exportCache.value }),
    caps: mapJson(metadata.caps, (has) => has),
    progress_group:
      progressGroup && present({ id: progressGroup.id, name: progressGroup.name, weak: progressGroup.weak }),
    linux_resources:
      linuxResources &&
      present({
        memory: Number(linuxResources.memory),
        memory_swap: Number(linuxResources.memorySwap),
        cpu_shares: Number(linuxResources.cpuShares),
        cpu_period: Number(linuxResources.cpuPeriod),
        cpu_quota: Number(linuxResources.cpuQuota),
        cpuset_cpus: linuxResources.cpusetCpus,
        cpuset_mems: linuxResources.cpusetMems,
      }),
  });
}

function sourceJson({ locations, infos }: ProtoSource, depth: number): Json {
  return present({
    locations: mapJson(locations, (places) =>
      present({
        locations: places.locations.map(({ sourceIndex, ranges }) =>
          present({ sourceIndex, ranges: ranges.map(rangeJson) }),
        ),
      }),
    ),
    infos: infos.map(({ filename, data, definition, language }) =>
      present({
        filename,
        data: base64(data),
        definition: definition && definitionJson(definition, depth + 1),
        language,
      }),
    ),
  });
}

function rangeJson({ start, end }: ProtoRange): Json {
  return present({
    start: start && present({ line: start.line, character: start.character }),
    end: end && present({ line: end.line, character: end.character }),
  });
}

/** Without what is undefined, zero, false or empty; an object stays. */
function present(fields: Json): Json {
  const isEmpty = (value: unknown) => !value || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

/** By key, as the reference orders maps; undefined for an empty one. */
function mapJson<T>(map: { readonly [key: string]: T }, toJson: (value: T) => unknown): Json | undefined {
  const entries = Object.entries(map);
  if (entries.length === 0) return undefined;
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, value]) => [key, toJson(value)]));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}
