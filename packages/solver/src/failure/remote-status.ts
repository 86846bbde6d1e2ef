// SPDX-License-Identifier: Apache-2.0
import type { Status } from "@bk/proto/rpc";
import type { GrpcStatus } from "@bk/transport";
import { CallFailure } from "./call-failure.js";
import { type DetailPayload, decodeErrorDetails, type ErrorDetail } from "./error-details.js";

/** An error as the daemon sent it. */
export interface RemoteStatus {
  /** The gRPC status code: 2 is Unknown, which most build errors are. */
  readonly code: number;
  /** The daemon's text. */
  readonly message: string;
  /** In the order of the wire. */
  readonly details: readonly ErrorDetail[];
}

const CODE_NAMES: readonly string[] = [
  "OK",
  "Canceled",
  "Unknown",
  "InvalidArgument",
  "DeadlineExceeded",
  "NotFound",
  "AlreadyExists",
  "PermissionDenied",
  "ResourceExhausted",
  "FailedPrecondition",
  "Aborted",
  "OutOfRange",
  "Unimplemented",
  "Internal",
  "Unavailable",
  "DataLoss",
  "Unauthenticated",
];

/** `NotFound` for 5; `Code(99)` for what gRPC has no name for. */
export function grpcCodeName(code: number): string {
  return CODE_NAMES[code] ?? `Code(${code})`;
}

/** From a status that the daemon stored, as in its build history. Never throws. */
export async function fromRpcStatus({ code, message, details }: Status): Promise<RemoteStatus> {
  const payloads = details.map(({ typeUrl, value }) => ({ type: typeUrl, value }));
  return { code, message, details: await decodeErrorDetails(payloads) };
}

/**
 * From the error of a call. Undefined when `error` is not one, or when it only wraps a local failure. One of Connect's
 * is recognised by its shape, so that Connect is not loaded and another copy of it is understood.
 */
export async function readRemoteStatus(error: unknown): Promise<RemoteStatus | undefined> {
  if (error instanceof CallFailure) return fromGrpcStatus(error.status);
  if (!(error instanceof Error) || error.name !== "ConnectError") return undefined;
  const { code, rawMessage, details } = error as ConnectErrorShape;
  if (typeof code !== "number") return undefined;
  const payloads = Array.isArray(details) ? details.filter(isDetailPayload) : [];
  return {
    code,
    message: typeof rawMessage === "string" ? rawMessage : error.message,
    details: await decodeErrorDetails(payloads),
  };
}

/** Text and details are those of the encoded status when there is one: headers may have been cut. */
async function fromGrpcStatus({ code, message, details }: GrpcStatus): Promise<RemoteStatus> {
  const status = details && (await decodeStatus(details));
  return status?.code === code ? fromRpcStatus(status) : { code, message, details: [] };
}

/** Undefined for bytes that are none: a daemon's error is worth telling without them. */
async function decodeStatus(bytes: Uint8Array): Promise<Status | undefined> {
  const [{ fromBinary }, { StatusSchema }] = await Promise.all([
    import("@bufbuild/protobuf"),
    import("@bk/proto/rpc"),
  ]);
  try {
    return fromBinary(StatusSchema, bytes);
  } catch {
    return undefined;
  }
}

/**
 * The text that the daemon's own client shows: the code unless it is Unknown, the daemon's text, and before it
 * what some details add.
 */
export function formatRemoteStatus({ code, message, details }: RemoteStatus): string {
  const base = code === 2 ? message : `${grpcCodeName(code)}: ${message}`;
  return details.map(detailPrefix).reduce((text, prefix) => prefix + text, base);
}

function detailPrefix(detail: ErrorDetail): string {
  if (detail.kind === "frontend-cap") return `unsupported frontend capability ${detail.name}: `;
  if (detail.kind === "subrequest") return `unsupported request ${detail.name}: `;
  if (detail.kind !== "compatibility-feature") return "";
  return `unsupported compatibility-version ${detail.version} feature ${detail.feature}: `;
}

interface ConnectErrorShape extends Error {
  readonly code?: unknown;
  readonly rawMessage?: unknown;
  readonly details?: unknown;
}

function isDetailPayload(detail: unknown): detail is DetailPayload {
  if (typeof detail !== "object" || detail === null) return false;
  const { type, value } = detail as { type?: unknown; value?: unknown };
  return typeof type === "string" && value instanceof Uint8Array;
}
