// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from "node:stream";
import { createFrameWriter, type FrameWriter } from "@bk/transport";
import { SessionError } from "../../errors.js";
import { fromByteString } from "../byte-string.js";
import { encodeErrPacket, encodeFinPacket, encodeReqPacket, type SenderPacket } from "../packet.js";
import { type FileStat, isSymlink } from "../source/stat.js";
import { createTimeSlice } from "../source/time-slice.js";
import { refuse } from "./entry-order.js";
import { createPacketQueue, type PacketQueue } from "./packet-queue.js";
import { createReceiveContents, type ReceiveContents } from "./receive-contents.js";
import {
  createReceiveState,
  DEFAULT_LIMITS,
  type ReceiveLimits,
  type ReceiveState,
} from "./receive-state.js";
import type { OmittedEntry, Target } from "./target.js";

/** What the daemon takes for an end that was wanted. */
const CANCELED = "context canceled";
/** How long the sender may take to confirm the end. */
const FIN_TIMEOUT_MS = 30_000;

export interface ReceiveOptions {
  /** Carries packets both ways, as gRPC messages. Left open. */
  readonly stream: Duplex;
  /** Where the files go. Is closed in any case. */
  readonly target: Target;
  readonly limits?: Partial<ReceiveLimits> | undefined;
  readonly signal: AbortSignal;
}

/** What a transfer brought. */
export interface ReceiveSummary {
  /** Regular files, each counted once however many names it has. */
  readonly files: number;
  /** Their contents. */
  readonly bytes: number;
  readonly skipped: readonly OmittedEntry[];
}

/**
 * Receives a directory: takes the descriptions of its entries, asks for the contents of every file, and confirms
 * when all is in its place. Nothing that the sender says is trusted.
 *
 * @throws {SessionError} what the target failed with; `BK_PROTOCOL` when the sender broke the rules, beyond a limit
 * or gave up, with the text that the reference has for it. The sender is told first. `signal.reason`.
 */
export async function receiveFiles({
  stream,
  target,
  limits,
  signal,
}: ReceiveOptions): Promise<ReceiveSummary> {
  signal.throwIfAborted();
  const writer = createFrameWriter(stream);
  const packets = createPacketQueue(stream, signal);
  const state = createReceiveState({ ...DEFAULT_LIMITS, ...limits });
  const contents = createReceiveContents(target);
  const transfer = { target, packets, state, contents, writer, signal };
  let finished = false;
  try {
    await target.begin({ signal });
    const links = await receiveEntries(transfer);
    await addLinks(target, links, signal);
    await target.finish({ signal });
    finished = true;
    writer.write(encodeFinPacket());
    writer.flush();
    await waitForFin(transfer);
    return { files: state.files, bytes: state.bytes, skipped: target.skipped };
  } catch (error) {
    // After its FIN the receiver has no more to say.
    if (!finished) reportError(writer, signal.aborted ? CANCELED : messageOf(error));
    signal.throwIfAborted(); // what failed on the way out does not matter
    throw error;
  } finally {
    await packets.stop(new Error("The transfer has ended"));
    await contents.discard();
    target.close();
  }
}

interface Transfer {
  readonly target: Target;
  readonly packets: PacketQueue;
  readonly state: ReceiveState;
  readonly contents: ReceiveContents;
  readonly writer: FrameWriter;
  readonly signal: AbortSignal;
}

/**
 * Takes everything but the links, which it returns. Hard links can be made when the contents are here; symbolic ones
 * wait too, since a transfer that breaks off then has not replaced anything by them.
 */
async function receiveEntries(transfer: Transfer): Promise<readonly FileStat[]> {
  const { packets, state, signal } = transfer;
  const links: FileStat[] = [];
  const slice = createTimeSlice();
  while (!state.complete) {
    signal.throwIfAborted();
    const packet = packets.take();
    if (packet) {
      const done = receivePacket(transfer, packet, links);
      if (done) await done;
      sendRequests(transfer);
      if (slice.spent()) await slice.next();
    } else if (!(await packets.wait())) throw refuse("EOF");
  }
  return links;
}

function receivePacket(transfer: Transfer, packet: SenderPacket, links: FileStat[]): void | Promise<void> {
  const { state, contents } = transfer;
  switch (packet.type) {
    case "stat":
      return packet.stat ? receiveStat(transfer, packet.stat, links) : state.endOfStats();
    case "data":
      if (packet.data.length === 0) return contents.finish(state.endOfFile(packet.id));
      return contents.write(state.data(packet.id, packet.data.length), packet.data);
    case "fin":
      return state.finish();
    case "err":
      throw refuse(`error from sender: ${fromByteString(packet.message)}`);
    case "other": // as the reference does
  }
}

function receiveStat({ state, target }: Transfer, stat: FileStat, links: FileStat[]): void | Promise<void> {
  switch (state.describe(stat)) {
    case "directory":
      return target.addDirectory(stat);
    case "special":
      return target.addSpecial(stat);
    case "symlink":
    case "hardlink":
      links.push(stat);
      return;
    case "file": // waits for its contents
  }
}

function sendRequests({ state, writer }: Transfer): void {
  for (let file = state.nextRequest(); file; file = state.nextRequest())
    writer.write(encodeReqPacket(file.id));
}

async function addLinks(target: Target, links: readonly FileStat[], signal: AbortSignal): Promise<void> {
  const slice = createTimeSlice();
  for (const stat of links) {
    const done = isSymlink(stat) ? target.addSymlink(stat) : target.addHardLink(stat);
    if (done) await done;
    if (slice.spent()) await slice.next();
    signal.throwIfAborted();
  }
}

/** What the sender has to say after its FIN, if anything, does not matter. */
async function waitForFin(transfer: Transfer): Promise<void> {
  const { packets } = transfer;
  const timer = setTimeout(() => void packets.stop(noFin()), FIN_TIMEOUT_MS);
  try {
    for (;;) {
      const packet = packets.take();
      if (packet) await receivePacket(transfer, packet, []);
      else if (!(await packets.wait())) throw refuse("EOF");
      if (packet?.type === "fin") return;
    }
  } catch (error) {
    // The daemon may reset the stream on its FIN, which then can get lost. Everything is in its place.
    if (!SessionError.is(error) || error.code !== "BK_SESSION_LOST") throw error;
  } finally {
    clearTimeout(timer);
  }
}

function noFin(): SessionError {
  const seconds = FIN_TIMEOUT_MS / 1000;
  return new SessionError(
    "BK_PROTOCOL",
    `The sender did not confirm the end of the transfer in ${seconds} s`,
  );
}

/** The daemon shows the text as the reason why the transfer ended. */
function reportError(writer: FrameWriter, text: string): void {
  writer.write(encodeErrPacket(text));
  writer.flush();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
