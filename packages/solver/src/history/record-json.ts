// SPDX-License-Identifier: Apache-2.0
import type { BuildHistoryRecord, BuildResultInfo, Descriptor } from "@bk/proto/control";
import { withoutCredentials } from "./without-credentials.js";

/** A record as docker buildx writes it into archives: JSON in the names of the Go type, without empty values. */
export function toRecordJson(record: BuildHistoryRecord): object {
  return compact({
    Ref: record.ref,
    Frontend: record.frontend,
    FrontendAttrs: withoutCredentials(record.frontendAttrs),
    Exporters: record.exporters.map(({ type, attrs }) => compact({ Type: type, Attrs: attrs })),
    error: record.error && compact({ code: record.error.code, message: record.error.message }),
    CreatedAt: toTime(record.createdAt),
    CompletedAt: toTime(record.completedAt),
    logs: toDescriptor(record.logs),
    ExporterResponse: record.exporterResponse,
    Result: toResult(record.result),
    Results: mapValues(record.results, toResult),
    Generation: record.generation,
    pinned: record.pinned,
    numCachedSteps: record.numCachedSteps,
    numTotalSteps: record.numTotalSteps,
    numCompletedSteps: record.numCompletedSteps,
    externalError: toDescriptor(record.externalError),
    numWarnings: record.numWarnings,
  });
}

function toResult(result: BuildResultInfo | undefined): object | undefined {
  return (
    result &&
    compact({
      ResultDeprecated: toDescriptor(result.resultDeprecated),
      Attestations: result.attestations.map(toDescriptor),
      Results: mapValues(result.results, toDescriptor),
    })
  );
}

function toDescriptor(descriptor: Descriptor | undefined): object | undefined {
  return (
    descriptor &&
    compact({
      media_type: descriptor.mediaType,
      digest: descriptor.digest,
      size: Number(descriptor.size),
      annotations: descriptor.annotations,
    })
  );
}

function toTime(time: { readonly seconds: bigint; readonly nanos: number } | undefined): object | undefined {
  return time && compact({ seconds: Number(time.seconds), nanos: time.nanos });
}

function mapValues<T>(
  record: Readonly<Record<string, T>>,
  map: (value: T) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/** Go's `omitempty`. */
function compact(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
