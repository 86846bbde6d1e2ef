// SPDX-License-Identifier: Apache-2.0
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { grpcCode } from "@bk/transport";
import type { StreamHandler } from "./attachable.js";
import { CallRefusal } from "./call-refusal.js";
import { SessionError } from "./errors.js";
import { type CallStatus, endResponse, startResponse } from "./grpc-response.js";
import { readMetadata } from "./metadata.js";

/**
 * Runs a byte-tier handler on one call: response headers first, the handler's outcome as trailers. An error of
 * the handler goes to the daemon and, unless that is a CallRefusal or the daemon had cancelled the call, to `fail`.
 */
export function serveStreamCall(
  handler: StreamHandler,
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  ended: AbortSignal,
  fail: (error: Error) => void,
): void {
  const stream = request.stream;
  const cancelled = new AbortController();
  const path = request.url;
  const abort = () => cancelled.abort(ended.reason);
  const onClose = () => {
    ended.removeEventListener("abort", abort);
    cancelled.abort(new SessionError("BK_SESSION_LOST", `The daemon ended ${path} early`));
  };
  ended.addEventListener("abort", abort, { once: true });
  stream.once("close", onClose);
  stream.on("error", () => {}); // a reset also closes the stream, which is what counts

  startResponse(response);
  run(handler, request, cancelled.signal).then(
    () => endResponse(response, { code: grpcCode.ok, message: "" }),
    (reason: unknown) => {
      const error = reason instanceof Error ? reason : new Error(String(reason));
      if (!cancelled.signal.aborted && !(error instanceof CallRefusal)) fail(error);
      endResponse(response, toStatus(error));
    },
  );
}

async function run(handler: StreamHandler, request: Http2ServerRequest, signal: AbortSignal): Promise<void> {
  const metadata = readMetadata(request.rawHeaders);
  await handler({ path: request.url, metadata, stream: request.stream, signal });
}

function toStatus(error: Error): CallStatus {
  if (error instanceof CallRefusal) return { code: error.status, message: error.message };
  const code = SessionError.is(error) ? STATUS_OF_CODE[error.code] : undefined;
  return { code: code ?? grpcCode.unknown, message: error.message };
}

const STATUS_OF_CODE: Partial<Record<SessionError["code"], number>> = {
  BK_NOT_SHARED: grpcCode.notFound,
  BK_DIGEST_MISMATCH: grpcCode.failedPrecondition,
};
