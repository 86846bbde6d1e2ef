// SPDX-License-Identifier: Apache-2.0
import type { OutgoingHttpHeaders } from "node:http2";

/** gRPC metadata to send. An array is sent as one header per value, which is what the daemon reads. */
export type RequestMetadata = Readonly<Record<string, string | readonly string[]>>;

/** Headers that begin a gRPC call of `path` ("/package.Service/Method"). Only uncompressed answers are asked for. */
export function grpcRequestHeaders(path: string, metadata: RequestMetadata = {}): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = Object.create(null);
  headers[":method"] = "POST";
  headers[":path"] = path;
  headers["te"] = "trailers";
  headers["content-type"] = "application/grpc+proto";
  headers["grpc-accept-encoding"] = "identity";
  for (const [name, value] of Object.entries(metadata)) {
    headers[name.toLowerCase()] = typeof value === "string" ? value : [...value];
  }
  return headers;
}

/** Milliseconds as the value of a `grpc-timeout` header: at most eight digits and a unit. */
export function formatGrpcTimeout(timeoutMs: number): string {
  const ms = Math.max(0, Math.ceil(timeoutMs));
  if (ms < 1e8) return `${ms}m`;
  return `${Math.min(Math.ceil(ms / 1000), 99_999_999)}S`;
}
