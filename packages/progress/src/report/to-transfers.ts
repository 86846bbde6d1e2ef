// SPDX-License-Identifier: Apache-2.0
import type { VertexStatus } from "@bk/solver";
import type { ReportTransfer } from "./report-data.js";
import { toLineText } from "./safe-text.js";

/** A rate over less than this says nothing. */
const MIN_RATED_MS = 5;
const MAX_NAME_CHARS = 500;

/** What a step transferred, in the order in which it was told. */
export function toTransfers(statuses: readonly VertexStatus[]): readonly ReportTransfer[] {
  return statuses.map(({ id, current, total, startedNs, completedNs, timestampNs }) => {
    const endNs = completedNs ?? timestampNs;
    const tookMs =
      startedNs === undefined || endNs === undefined || endNs < startedNs
        ? 0
        : Number(endNs - startedNs) / 1e6;
    const bytes = Number.isFinite(current) && current > 0 ? current : 0;
    return {
      name: toLineText(id.slice(0, MAX_NAME_CHARS)),
      bytes,
      totalBytes: Number.isFinite(total) && total > 0 ? total : 0,
      tookMs,
      bytesPerSecond: bytes > 0 && tookMs >= MIN_RATED_MS ? (bytes / tookMs) * 1000 : undefined,
      isDone: completedNs !== undefined,
    };
  });
}
