// SPDX-License-Identifier: Apache-2.0
import type { OutgoingHttpHeaders } from "node:http2";

/** gRPC metadata to send. An array is sent as one header per value, which is what the daemon reads. */
export type RequestMetadata = Readonly<Record<string, string | readonly string[]>>;

/** Headers that begin a gRPC call of `path` ("/package.Service/Method"). */
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
