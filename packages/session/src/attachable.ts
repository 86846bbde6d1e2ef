// SPDX-License-Identifier: Apache-2.0
import type { ServerHttp2Stream } from "node:http2";
import type { ConnectRouter } from "@connectrpc/connect";
import type { Metadata } from "./metadata.js";

/** One call of the daemon on the byte tier. */
export interface StreamCall {
  /** Full method path, for example `/moby.filesync.v1.FileSync/DiffCopy`. */
  readonly path: string;
  /** Request headers, repeated values kept apart. */
  readonly metadata: Metadata;
  /** The open HTTP/2 stream, whose response headers have been sent. The handler must not close it. */
  readonly stream: ServerHttp2Stream;
  /** Aborts when the stream is cancelled or the session ends; the reason says which. */
  readonly signal: AbortSignal;
}

/**
 * Serves one call. When it resolves, the call ends with status OK. When it rejects, the call ends with
 * an error status and, unless the daemon cancelled the call, the session reports the error as its failure.
 */
export type StreamHandler = (call: StreamCall) => Promise<void>;

/** What Connect handlers may do beside answering. */
export interface RouteContext {
  /** Reports an error as the session's failure, as a byte-tier handler does by rejecting. The first one counts. */
  readonly fail: (error: Error) => void;
}

/** Registers Connect handlers. */
export type Routes = (router: ConnectRouter, context: RouteContext) => void;

/**
 * A service that a session offers to the daemon. This is all that the session server knows of it.
 *
 * `methods` are announced, by full path. Each one is answered either by a byte-tier handler under the same
 * path in `streams`, or by the Connect handlers that `loadRoutes` gives.
 */
export interface Attachable {
  readonly methods: readonly string[];
  readonly streams?: Readonly<Record<string, StreamHandler>> | undefined;
  /** Called when the daemon makes the first call of the control tier: what only the handlers need is imported there. */
  readonly loadRoutes?: (() => Promise<Routes>) | undefined;
}
