// SPDX-License-Identifier: Apache-2.0
import type { Http2Session, SessionOptions } from "node:http2";

/** Largest gRPC message in either direction, as BuildKit's own 16 MiB. */
export const maxMessageBytes: number = 16 * 1024 * 1024;

/** Received bytes a peer may have in flight over all streams of a connection. */
const connectionWindowBytes = 16 * 1024 * 1024;

/**
 * For every HTTP/2 session with a daemon, client or server side. Node's defaults end big transfers:
 * 64 KiB windows, 10 MB of memory and 128 header pairs, where BuildKit sends one pair per path.
 */
export const http2SessionOptions: Readonly<SessionOptions> = Object.freeze({
  settings: Object.freeze({ initialWindowSize: 4 * 1024 * 1024, enablePush: false }),
  maxHeaderListPairs: 20_000,
  maxSendHeaderBlockLength: 1024 * 1024,
  /** In MB. */
  maxSessionMemory: 256,
});

/** Widens the connection's receive window. The session must be connected. */
export function widenConnectionWindow(session: Http2Session): void {
  session.setLocalWindowSize(connectionWindowBytes);
}
