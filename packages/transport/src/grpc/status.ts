// SPDX-License-Identifier: Apache-2.0
import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from "node:http2";
import { grpcCode } from "./code.js";

/** How a gRPC call ended, as the wire says it. */
export interface GrpcStatus {
  /** 0 is success; see gRPC's status codes. */
  readonly code: number;
  /** Remote text. */
  readonly message: string;
  /** An encoded google.rpc.Status. */
  readonly details: Uint8Array | undefined;
}

/** gRPC over HTTP/2, "HTTP2 Transport Mapping: Errors". */
const codeOfReset: Readonly<Record<number, number>> = {
  [constants.NGHTTP2_REFUSED_STREAM]: grpcCode.unavailable,
  [constants.NGHTTP2_CANCEL]: grpcCode.canceled,
  [constants.NGHTTP2_ENHANCE_YOUR_CALM]: grpcCode.resourceExhausted,
  [constants.NGHTTP2_INADEQUATE_SECURITY]: grpcCode.permissionDenied,
};

/** gRPC, "HTTP to gRPC Status Code Mapping", for answers that are no gRPC. */
const codeOfHttpStatus: Readonly<Record<number, number>> = {
  400: grpcCode.internal,
  401: grpcCode.unauthenticated,
  403: grpcCode.permissionDenied,
  404: grpcCode.unimplemented,
  429: grpcCode.unavailable,
  502: grpcCode.unavailable,
  503: grpcCode.unavailable,
  504: grpcCode.unavailable,
};

/**
 * Waits for the end of a call whose stream was just opened. The body must be read for the end to come.
 * Rejects with what the stream failed with, when that says more than a reset code.
 */
export async function waitForGrpcStatus(stream: ClientHttp2Stream): Promise<GrpcStatus> {
  return new Promise((resolve, reject) => {
    stream.once("response", (headers) => {
      const status = readGrpcStatus(headers) ?? readHttpStatus(headers);
      if (status === undefined) return;
      resolve(status);
      // Whatever the body of such an answer is, it is no message, and it need not end.
      stream.close(constants.NGHTTP2_CANCEL);
    });
    stream.once("trailers", (trailers) => resolve(readGrpcStatus(trailers) ?? missingStatus()));
    stream.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ERR_HTTP2_STREAM_ERROR") resolve(resetStatus(stream.rstCode));
      else reject(error);
    });
    stream.once("close", () => resolve(stream.rstCode === 0 ? missingStatus() : resetStatus(stream.rstCode)));
  });
}

/** The status in trailers, or in headers when they are all the server sent; undefined when there is none. */
export function readGrpcStatus(headers: IncomingHttpHeaders): GrpcStatus | undefined {
  const code = headers["grpc-status"];
  if (typeof code !== "string") return undefined;
  const details = headers["grpc-status-details-bin"];
  return {
    code: /^[0-9]{1,3}$/.test(code) ? Number(code) : grpcCode.unknown,
    message: decodeGrpcMessage(String(headers["grpc-message"] ?? "")),
    details: typeof details === "string" ? Buffer.from(details, "base64") : undefined,
  };
}

/** The status of an answer that is no gRPC; undefined when it is. */
function readHttpStatus(headers: IncomingHttpHeaders): GrpcStatus | undefined {
  const status = Number(headers[":status"] ?? 0);
  const type = headers["content-type"] ?? "none";
  if (status === 200 && type.startsWith("application/grpc")) return undefined;
  const code = codeOfHttpStatus[status] ?? grpcCode.unknown;
  const answered = `The server answered with HTTP status ${status}`;
  const message =
    status === 200 ? `${answered} and content type ${JSON.stringify(type)}, which is not gRPC` : answered;
  return { code, message, details: undefined };
}

function resetStatus(rstCode: number | undefined): GrpcStatus {
  const code = codeOfReset[rstCode ?? 0] ?? grpcCode.internal;
  return { code, message: `The server reset the stream with HTTP/2 code ${rstCode}`, details: undefined };
}

function missingStatus(): GrpcStatus {
  return {
    code: grpcCode.internal,
    message: "The server ended the call without a status",
    details: undefined,
  };
}

/** Headers that end a call from the server's side. */
export function grpcStatusHeaders({ code, message, details }: GrpcStatus): Record<string, string> {
  return {
    "grpc-status": String(code),
    ...(message === "" ? {} : { "grpc-message": encodeGrpcMessage(message) }),
    ...(details === undefined ? {} : { "grpc-status-details-bin": Buffer.from(details).toString("base64") }),
  };
}

/** Percent-encodes all but printable ASCII, as gRPC's status messages are. */
export function encodeGrpcMessage(message: string): string {
  let encoded = "";
  for (const byte of Buffer.from(message, "utf8")) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/** Never fails: broken escapes are kept as they are, broken UTF-8 becomes U+FFFD. */
export function decodeGrpcMessage(encoded: string): string {
  if (!encoded.includes("%")) return encoded;
  const bytes: number[] = [];
  const source = Buffer.from(encoded, "utf8");
  for (let index = 0; index < source.length; index++) {
    const byte = source[index] ?? 0;
    const hex = byte === 0x25 ? source.toString("latin1", index + 1, index + 3) : "";
    const isEscape = /^[0-9A-Fa-f]{2}$/.test(hex);
    bytes.push(isEscape ? Number.parseInt(hex, 16) : byte);
    if (isEscape) index += 2;
  }
  return Buffer.from(bytes).toString("utf8");
}
