// SPDX-License-Identifier: Apache-2.0
import type { AbortOptions } from "@bk/transport";
import type { FileStat } from "../source/stat.js";

/**
 * Where a received directory goes. The engine checks the peer's packets first: paths are relative, clean and in
 * order, no path comes twice, and the directory of every entry came before it.
 *
 * Calls come one at a time, each after the one before has settled. Those that may return nothing instead of a
 * promise are made once for every small file: they should be synchronous, and short, as a rule.
 */
export interface Target {
  /** Whether `finish` removes what was not received. */
  readonly deletes: boolean;
  /** Called once, before all else. */
  begin(options?: AbortOptions): Promise<void>;
  addDirectory(stat: FileStat): void | Promise<void>;
  /** Called when all contents are here. */
  addSymlink(stat: FileStat): void | Promise<void>;
  /** A device or a named pipe. */
  addSpecial(stat: FileStat): void | Promise<void>;
  /** A regular file whose content is here. It is lent for the call. */
  addFile(stat: FileStat, content: Uint8Array): void | Promise<void>;
  /** A regular file whose contents come in pieces. Whoever opens it finishes or discards it. */
  openFile(stat: FileStat): TargetFile;
  /** Another name of the file that was received as `stat.linkname`. Called when all contents are here. */
  addHardLink(stat: FileStat): void | Promise<void>;
  /** Called last, if nothing failed: what is left to do when everything is in place. */
  finish(options?: AbortOptions): Promise<void>;
  /** What is not as it was described, so far. */
  readonly skipped: readonly OmittedEntry[];
  /** Lets go of everything, whether the transfer has succeeded or not. Idempotent. */
  close(): void;
}

/** A file that is being received. Until it is finished, nothing of it is to be seen at its path. */
export interface TargetFile {
  /** Takes the next bytes, which it may keep; a promise asks the caller to wait before it brings more. */
  write(chunk: Uint8Array): void | Promise<void>;
  finish(): Promise<void>;
  /** Leaves nothing of it behind. */
  discard(): Promise<void>;
}

/** An entry that the target could not, or would not, make as it was described. */
export interface OmittedEntry {
  /** Relative to the root. Bytes that are no UTF-8 show as U+FFFD. */
  readonly path: string;
  /** `device` and `named-pipe`: it is missing. `set-id`: it is there, without its setuid and setgid bits. */
  readonly why: "device" | "named-pipe" | "set-id";
}

/** What a target takes over of what could harm its machine. */
export interface ReceivePolicy {
  /** The setuid and setgid bits of files and directories. */
  readonly setId: "keep" | "drop";
  /** Devices and named pipes. */
  readonly devices: "keep" | "drop";
}

/** As the reference does it: everything is taken over. */
export const KEEP_ALL: ReceivePolicy = { setId: "keep", devices: "keep" };

/** What nobody expects of a build's result: programs that run as root, and doors to the hardware. */
export const DROP_PRIVILEGED: ReceivePolicy = { setId: "drop", devices: "drop" };

/** `DROP_PRIVILEGED` for root, whose files could do harm with them. */
export function defaultPolicy(): ReceivePolicy {
  return process.getuid?.() === 0 ? DROP_PRIVILEGED : KEEP_ALL;
}
