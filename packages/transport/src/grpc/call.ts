// SPDX-License-Identifier: Apache-2.0
import type { ClientHttp2Stream } from "node:http2";
import { type AbortOptions, raceAbort } from "../abort.js";
import type { Channel } from "../channel.js";
import { TransportError } from "../errors.js";
import { createFrameReader, framePrefixBytes } from "../frames/reader.js";
import { grpcCode } from "./code.js";
import { type GrpcStatus, waitForGrpcStatus } from "./status.js";

/** How a call with one answer ended. */
export interface GrpcAnswer {
  readonly status: GrpcStatus;
  /** The answer, when the status is 0. */
  readonly message: Uint8Array;
}

/** HTTP/2's code for a call that is given up. */
const http2Cancel = 8;

/**
 * Makes a call with one request and one answer, which are encoded messages; the answer is of 16 MiB at most. An answer
 * that is no gRPC is a status too, of those that gRPC's clients make up.
 *
 * @throws {TransportError} when the peer cannot be reached or is lost; `signal.reason`.
 */
export async function callUnary(
  channel: Channel,
  path: string,
  request: Uint8Array,
  options: AbortOptions = {},
): Promise<GrpcAnswer> {
  const answers = callServerStream(channel, path, request, options);
  let message: Uint8Array | undefined;
  for (;;) {
    const next = await answers.next();
    if (next.done === true) return toAnswer(next.value, message);
    if (message !== undefined) {
      const status = madeUpStatus(grpcCode.internal, "The server sent more than one answer");
      await answers.return(status);
      return toAnswer(status, message);
    }
    message = next.value;
  }
}

function toAnswer(status: GrpcStatus, message: Uint8Array | undefined): GrpcAnswer {
  if (message !== undefined) return { status, message };
  if (status.code !== grpcCode.ok) return { status, message: new Uint8Array() };
  return { status: madeUpStatus(grpcCode.internal, "The server sent no answer"), message: new Uint8Array() };
}

/**
 * Makes a call with one request, and yields each message of the answer; returns how the call ended. No more is read
 * than is asked for. Leaving the loop cancels the call.
 *
 * @throws as `callUnary`
 */
export async function* callServerStream(
  channel: Channel,
  path: string,
  request: Uint8Array,
  { signal }: AbortOptions = {},
): AsyncGenerator<Uint8Array, GrpcStatus, undefined> {
  const stream = await channel.openStream(path, { signal });
  const ended = waitForGrpcStatus(stream);
  ended.catch(() => {}); // it is awaited when the messages have been read
  try {
    stream.end(toFrame(request));
    yield* readFrames(stream, signal);
    return await raceAbort(ended, signal);
  } catch (error) {
    signal?.throwIfAborted();
    const status = statusOfFrames(error);
    // A stream that fails has an end too. And what headers have said already counts, whatever the body is.
    return await raceAbort(status ? Promise.race([ended, Promise.resolve(status)]) : ended, signal);
  } finally {
    stream.close(http2Cancel);
  }
}

/** On a connection that is dead without a word, a stream does not end when it is aborted: nothing is waited for then. */
async function* readFrames(
  stream: ClientHttp2Stream,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let ready: Uint8Array[] = [];
  const reader = createFrameReader({ onMessage: (message) => ready.push(message) });
  const chunks = stream.iterator({ destroyOnReturn: false });
  for (;;) {
    const chunk = await raceAbort(chunks.next(), signal);
    if (chunk.done === true) break;
    reader.push(chunk.value);
    const messages = ready;
    ready = [];
    yield* messages;
  }
  reader.end();
}

/** The status of an answer that is no gRPC, or too long; undefined for other errors. */
function statusOfFrames(error: unknown): GrpcStatus | undefined {
  if (!TransportError.is(error)) return undefined;
  if (error.code === "BK_MESSAGE_TOO_LARGE") return madeUpStatus(grpcCode.resourceExhausted, error.message);
  return error.code === "BK_PROTOCOL_ERROR" ? madeUpStatus(grpcCode.internal, error.message) : undefined;
}

function madeUpStatus(code: number, message: string): GrpcStatus {
  return { code, message, details: undefined };
}

function toFrame(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(framePrefixBytes + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, framePrefixBytes);
  return frame;
}
