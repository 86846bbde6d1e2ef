// SPDX-License-Identifier: Apache-2.0
import type { Http2ServerResponse, ServerHttp2Stream } from "node:http2";
import { grpcStatusHeaders } from "@bk/transport";

/** How a call ended. */
export interface CallStatus {
  readonly code: number;
  readonly message: string;
}

const CONTENT_TYPE = "application/grpc";
/** Status messages travel in a header: long ones are cut. */
const MAX_MESSAGE_LENGTH = 4096;

/** Sends the response headers of a streaming call. The body is written to `response.stream`. */
export function startResponse(response: Http2ServerResponse): void {
  response.writeHead(200, { "content-type": CONTENT_TYPE });
}

/** Ends a streaming call with its status in the trailers. */
export function endResponse(response: Http2ServerResponse, status: CallStatus): void {
  const { stream } = response;
  if (stream.destroyed || stream.closed) return;
  response.addTrailers(toHeaders(status));
  response.end();
  // What the daemon may still send is not wanted, and unread data would hold the stream open.
  stream.resume();
}

/** Answers a call with a status and nothing else. */
export function rejectCall(stream: ServerHttp2Stream, status: CallStatus): void {
  stream.respond({ ":status": 200, "content-type": CONTENT_TYPE, ...toHeaders(status) }, { endStream: true });
}

function toHeaders({ code, message }: CallStatus): Record<string, string> {
  return grpcStatusHeaders({ code, message: message.slice(0, MAX_MESSAGE_LENGTH), details: undefined });
}
