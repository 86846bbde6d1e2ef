// SPDX-License-Identifier: Apache-2.0

/** A protobuf timestamp as a Date, to the millisecond. */
export function toDate(
  timestamp: { readonly seconds: bigint; readonly nanos: number } | undefined,
): Date | undefined {
  return timestamp && new Date(Number(timestamp.seconds) * 1000 + Math.floor(timestamp.nanos / 1e6));
}

/** Milliseconds as the nanoseconds of a request. */
export function toNanoseconds(milliseconds: number | undefined): bigint {
  return BigInt(Math.round((milliseconds ?? 0) * 1000)) * 1000n;
}
