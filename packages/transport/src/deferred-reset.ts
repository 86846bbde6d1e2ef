// SPDX-License-Identifier: Apache-2.0
import type { ClientHttp2Stream } from "node:http2";

/**
 * Has `close()` and `destroy()` of a stream reset it on a turn of the event loop of its own, for they may be called from
 * anywhere.
 *
 * Node calls back from inside nghttp2 while that reads a frame, and runs the promises that a callback settles there as
 * well. All else that they do on the connection Node sends later, but RST_STREAM at once, together with all that waits:
 * `Http2Stream::SubmitRstStream` in `src/node_http2.cc`. From inside, nghttp2 then may free the stream whose frame it is
 * reading, which corrupts the heap; or ask for ever for the data of a stream that was just closed and Node no longer
 * knows, and the event loop never turns again. Seen with Node 20.20, not with 22.23. A session that is destroyed resets
 * its streams just so.
 */
export function deferReset(stream: ClientHttp2Stream): ClientHttp2Stream {
  const close = stream.close.bind(stream);
  const destroy = stream.destroy.bind(stream);
  stream.close = (code, callback) => {
    if (stream.closed) return;
    if (callback !== undefined) stream.once("close", callback);
    setImmediate(close, code);
  };
  stream.destroy = (error) => {
    // Then nothing is sent, and Node relies on it being done on return.
    if (stream.closed || stream.session?.destroyed !== false) destroy(error);
    else setImmediate(destroy, error);
    return stream;
  };
  return stream;
}
