// SPDX-License-Identifier: Apache-2.0
import type { Attestations, Result, ResultSchema } from "@bk/proto/gateway";
import type { MessageInitShape } from "@bufbuild/protobuf";

/** What a frontend makes of a request: trees of files in the daemon, and data beside them. */
export interface GatewayResult {
  /** Names the tree in further calls of the same build; undefined when there is none, or one for each platform. */
  readonly ref: string | undefined;
  /** One tree for each platform, `linux/arm64`; undefined for one without files. */
  readonly refs: ReadonlyMap<string, string | undefined>;
  /** `containerimage.config`, `result.json` and others, each as its frontend wrote it. */
  readonly metadata: ReadonlyMap<string, Uint8Array>;
  /** What was attested of the trees, for the exporter. */
  readonly attestations: Readonly<Record<string, Attestations>>;
}

export function toGatewayResult(result: Result | undefined): GatewayResult {
  const refs = result?.result.case === "refs" ? Object.entries(result.result.value.refs) : [];
  return {
    ref: result?.result.case === "ref" ? result.result.value.id || undefined : undefined,
    refs: new Map(refs.map(([key, { id }]) => [key, id || undefined])),
    metadata: new Map(Object.entries(result?.metadata ?? {})),
    attestations: result?.attestations ?? {},
  };
}

/** The message that hands a result back to the daemon. The graphs of its trees, which the daemon has, are left out. */
export function toResultMessage({
  ref,
  refs,
  metadata,
  attestations,
}: GatewayResult): MessageInitShape<typeof ResultSchema> {
  const trees = Object.fromEntries([...refs].map(([key, id]) => [key, { id: id ?? "" }]));
  return {
    result:
      refs.size > 0 ? { case: "refs", value: { refs: trees } } : { case: "ref", value: { id: ref ?? "" } },
    metadata: Object.fromEntries(metadata),
    attestations: { ...attestations },
  };
}
