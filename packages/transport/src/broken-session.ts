// SPDX-License-Identifier: Apache-2.0
import type { ClientHttp2Stream } from "node:http2";
import { connectionLostError } from "./node-errors.js";

/** What Node ends all streams of a session with: when nghttp2 gives it up, and at a GOAWAY with a code. */
const SESSION_ERRORS: ReadonlySet<unknown> = new Set(["ERR_HTTP2_ERROR", "ERR_HTTP2_SESSION_ERROR"]);

/**
 * Has a stream fail with `BK_CONNECTION_LOST` when its session breaks. Node from 22 on ends a session at a header that it
 * cannot take, such as the error of a failed build with a long Dockerfile; Node 20 falls silent.
 */
export function nameBrokenSession(stream: ClientHttp2Stream, endpoint: string): ClientHttp2Stream {
  const destroy = stream.destroy.bind(stream);
  stream.destroy = (error) =>
    destroy(error && isOfSession(error) ? connectionLostError(error, endpoint) : error);
  return stream;
}

function isOfSession(error: Error): boolean {
  return "code" in error && SESSION_ERRORS.has(error.code);
}
