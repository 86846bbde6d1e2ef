// SPDX-License-Identifier: Apache-2.0
import type { ServerHttp2Stream } from "node:http2";
import { grpcStatusHeaders } from "@bk/transport";

/** gRPC status codes that a session answers with. */
export const GRPC_STATUS = { ok: 0, unknown: 2, notFound: 5, unimplemented: 12 } as const;

/** How a call ended. */
export interface CallStatus {
  readonly code: number;
  readonly message: string;
}

const CONTENT_TYPE = "application/grpc";
/** Status messages travel in a header: long ones are cut. */
const MAX_MESSAGE_LENGTH = 4096;

/** Sends the response headers of a streaming call, and `status()` as its trailers once the stream is ended. */
export function startResponse(stream: ServerHttp2Stream, status: () => CallStatus): void {
  stream.respond({ ":status": 200, "content-type": CONTENT_TYPE }, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers(toHeaders(status())));
}

/** Answers a call with a status and nothing else. */
export function rejectCall(stream: ServerHttp2Stream, status: CallStatus): void {
  stream.respond({ ":status": 200, "content-type": CONTENT_TYPE, ...toHeaders(status) }, { endStream: true });
}

function toHeaders({ code, message }: CallStatus): Record<string, string> {
  return grpcStatusHeaders({ code, message: message.slice(0, MAX_MESSAGE_LENGTH), details: undefined });
}
