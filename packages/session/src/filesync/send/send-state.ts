// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "../../errors.js";
import type { ReceiverPacket } from "../packet.js";
import { type FileStat, isHardLink, isRegularFile } from "../source/stat.js";
import type { SendCounts } from "./send-progress.js";

/**
 * The sender's side of a transfer, without I/O. Entries get ids in the order in which they are described; the
 * receiver asks for regular files by id, each at most once, and says when it has all that it wants.
 *
 * Must match the daemon: tonistiigi/fsutil send.go.
 */
export interface SendState {
  /** Counts an entry that is being described, and makes it available to requests if it has contents. */
  describe(stat: FileStat): void;
  /**
   * Takes a packet of the receiver; what comes after it said that it is done is ignored.
   * @throws {SessionError} `BK_PROTOCOL`, with the text of the reference: `invalid file id 7` for an id that is
   * unknown, has no contents or was asked for before, `error from receiver: ...` when the receiver gives up.
   */
  receive(packet: ReceiverPacket): void;
  /** The next requested file, oldest first. */
  next(): RequestedFile | undefined;
  /** Whether the receiver has said that it is done. */
  readonly finished: boolean;
}

export interface RequestedFile {
  readonly id: number;
  readonly stat: FileStat;
}

export function createSendState(counts: SendCounts): SendState {
  const available = new Map<number, FileStat>();
  // Bounded by what was described: an id leaves `available` when it is queued.
  let queue: RequestedFile[] = [];
  let head = 0;
  let nextId = 0;
  let finished = false;

  function request(id: number): void {
    const stat = available.get(id);
    if (!stat) throw new SessionError("BK_PROTOCOL", `invalid file id ${id}`);
    available.delete(id);
    queue.push({ id, stat });
  }

  return {
    describe(stat) {
      const id = nextId++;
      counts.entries++;
      if (!isRegularFile(stat)) return;
      available.set(id, stat);
      if (!isHardLink(stat)) counts.files++;
    },
    receive(packet) {
      if (finished) return;
      if (packet.type === "req") request(packet.id);
      else if (packet.type === "fin") finished = true;
      else if (packet.type === "err")
        throw new SessionError("BK_PROTOCOL", `error from receiver: ${packet.message}`);
    },
    next() {
      const file = queue[head];
      if (!file) return undefined;
      head++;
      if (head === queue.length) {
        queue = [];
        head = 0;
      }
      return file;
    },
    get finished() {
      return finished;
    },
  };
}
