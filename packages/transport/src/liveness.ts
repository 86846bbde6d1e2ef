// SPDX-License-Identifier: Apache-2.0
import type { Http2Session } from "node:http2";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { ProgramStream } from "./command/program-stream.js";
import { TransportError } from "./errors.js";

export interface LivenessOptions {
  readonly endpoint: string;
  /** Told once, before the session and the socket are destroyed with the same error. */
  readonly onLost?: ((error: TransportError) => void) | undefined;
  /** Inbound silence before the PING, and again before giving up. Default 20000. */
  readonly silenceMs?: number | undefined;
}

/** A connection is judged at this many ticks per stretch of silence. */
const ticksPerSilence = 20;

/**
 * Destroys a connection whose peer has fallen silent: 20 s without an inbound byte bring one PING, 20 s more
 * the end. Only for connections that carry a session, where the daemon's health checks come every 5 s; elsewhere
 * silence is normal and gRPC servers answer PINGs with GOAWAY.
 *
 * Silence is counted in timer ticks, not in time: a busy event loop or a sleeping laptop is one tick, so what
 * arrived meanwhile is read before anything is judged.
 */
export function watchLiveness(session: Http2Session, socket: Duplex, options: LivenessOptions): Disposable {
  const { endpoint, onLost, silenceMs = 20_000 } = options;
  const inbound = countInbound(socket);
  let seen = inbound.bytes();
  let silentTicks = 0;
  const stop = (): void => {
    clearInterval(timer);
    inbound.stop();
    session.off("close", stop);
  };
  const judge = (): void => {
    const bytes = inbound.bytes();
    silentTicks = bytes === seen ? silentTicks + 1 : 0;
    seen = bytes;
    if (silentTicks === ticksPerSilence) ping(session);
    if (silentTicks < 2 * ticksPerSilence) return;
    stop();
    const error = silenceError(endpoint, 2 * silenceMs);
    onLost?.(error);
    session.destroy(error);
    socket.destroy();
  };
  const timer = setInterval(judge, silenceMs / ticksPerSilence).unref();
  session.once("close", stop);
  return { [Symbol.dispose]: stop };
}

/** The answer counts as inbound bytes; nothing else is wanted of it. */
function ping(session: Http2Session): void {
  if (!session.destroyed) session.ping(() => {});
}

interface InboundCounter {
  bytes(): number;
  stop(): void;
}

/** A socket counts for itself; of any other stream the chunks are counted as they pass. */
function countInbound(socket: Duplex): InboundCounter {
  if (socket instanceof Socket || socket instanceof ProgramStream) {
    return { bytes: () => socket.bytesRead, stop: () => {} };
  }
  let bytes = 0;
  const count = (chunk: Uint8Array): void => {
    bytes += chunk.length;
  };
  socket.on("data", count);
  return { bytes: () => bytes, stop: () => socket.off("data", count) };
}

function silenceError(endpoint: string, silentMs: number): TransportError {
  return new TransportError(
    "BK_CONNECTION_LOST",
    `The connection to ${endpoint} was lost: not a byte came for ${silentMs / 1000} s and a PING went unanswered. The daemon hangs, or the network is down`,
    { endpoint },
  );
}
