// SPDX-License-Identifier: Apache-2.0
import type { Readable } from "node:stream";
import { SessionError } from "../../errors.js";
import { readMessages } from "../../message-stream.js";
import { decodeSenderPacket, type SenderPacket } from "../packet.js";
import { createWakeUp } from "../wake-up.js";

/** What may wait here before the stream is told to stop. Up to one chunk of the stream comes on top. */
const MAX_QUEUED_PACKETS = 256;
const MAX_QUEUED_BYTES = 1 << 20;
/** The longest packet that is taken: the reference's are far shorter. */
const MAX_PACKET_BYTES = 16 << 20;

/** The sender's packets as they come, a bounded number ahead of whoever takes them. */
export interface PacketQueue {
  /** Undefined when none is here. */
  take(): SenderPacket | undefined;
  /** Resolves when there may be a packet. @returns false once the sender has ended its side and all are taken. */
  wait(): Promise<boolean>;
  /** Stops reading; a `wait()` that nothing else would end throws `reason`. */
  stop(reason: Error): Promise<void>;
}

interface QueuedPacket {
  readonly packet: SenderPacket;
  /** What its message took, also of what nobody reads. */
  readonly bytes: number;
}

/** @throws what the stream failed with, from `wait()`. */
export function createPacketQueue(stream: Readable, signal: AbortSignal): PacketQueue {
  let queue: QueuedPacket[] = [];
  let head = 0;
  let queuedBytes = 0;
  let ended = false;
  let failure: { readonly reason: unknown } | undefined;
  const stop = new AbortController();
  const wakeUp = createWakeUp();
  const onClose = () =>
    stop.abort(new SessionError("BK_SESSION_LOST", "The sender broke the file transfer off"));
  if (stream.destroyed) onClose();
  else stream.once("close", onClose);

  const reading = readMessages(stream, {
    maxBytes: MAX_PACKET_BYTES,
    signal: AbortSignal.any([signal, stop.signal]),
    onMessage(message) {
      const packet = decodeSenderPacket(message);
      queue.push({ packet, bytes: message.length });
      queuedBytes += message.length;
      if (queue.length - head >= MAX_QUEUED_PACKETS || queuedBytes >= MAX_QUEUED_BYTES) stream.pause();
      wakeUp.wake();
    },
  })
    .catch((reason: unknown) => {
      failure = { reason };
    })
    .finally(() => {
      stream.off("close", onClose);
      ended = true;
      wakeUp.wake();
    });

  return {
    take() {
      const next = queue[head];
      if (!next) return undefined;
      head++;
      queuedBytes -= next.bytes;
      if (head === queue.length) {
        queue = [];
        head = 0;
        if (stream.isPaused()) stream.resume();
      }
      return next.packet;
    },
    async wait() {
      while (head === queue.length && !ended) await wakeUp.wait();
      if (head < queue.length) return true;
      if (failure) throw failure.reason;
      return false;
    },
    async stop(reason) {
      stop.abort(reason);
      await reading;
    },
  };
}
