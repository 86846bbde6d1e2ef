// SPDX-License-Identifier: Apache-2.0
import type { Http2ServerRequest, ServerHttp2Stream } from "node:http2";
import type { StreamHandler } from "./attachable.js";
import { SessionError } from "./errors.js";
import { type CallStatus, GRPC_STATUS, startResponse } from "./grpc-response.js";
import { readMetadata } from "./metadata.js";

/**
 * Runs a byte-tier handler on one call: response headers first, the handler's outcome as trailers. An error of
 * the handler goes to the daemon and to `fail`, unless the daemon had cancelled the call.
 */
export function serveStreamCall(
  handler: StreamHandler,
  request: Http2ServerRequest,
  ended: AbortSignal,
  fail: (error: Error) => void,
): void {
  const stream = request.stream;
  const cancelled = new AbortController();
  let status: CallStatus = { code: GRPC_STATUS.ok, message: "" };
  const path = request.url;
  const abort = () => cancelled.abort(ended.reason);
  const onClose = () => {
    ended.removeEventListener("abort", abort);
    cancelled.abort(new SessionError("BK_SESSION_LOST", `The daemon ended ${path} early`));
  };
  ended.addEventListener("abort", abort, { once: true });
  stream.once("close", onClose);
  stream.on("error", () => {}); // a reset also closes the stream, which is what counts

  startResponse(stream, () => status);
  run(handler, request, cancelled.signal).then(
    () => endCall(stream),
    (error: Error) => {
      if (!cancelled.signal.aborted) fail(error);
      status = toStatus(error);
      endCall(stream);
    },
  );
}

async function run(handler: StreamHandler, request: Http2ServerRequest, signal: AbortSignal): Promise<void> {
  const metadata = readMetadata(request.rawHeaders);
  await handler({ path: request.url, metadata, stream: request.stream, signal });
}

function endCall(stream: ServerHttp2Stream): void {
  if (stream.destroyed || stream.closed) return;
  stream.end();
  // What the daemon may still send is not wanted, and unread data would hold the stream open.
  stream.resume();
}

function toStatus(error: Error): CallStatus {
  const code = SessionError.is(error) ? STATUS_OF_CODE[error.code] : undefined;
  return { code: code ?? GRPC_STATUS.unknown, message: error.message };
}

const STATUS_OF_CODE: Partial<Record<SessionError["code"], number>> = {
  BK_NOT_SHARED: GRPC_STATUS.notFound,
};
