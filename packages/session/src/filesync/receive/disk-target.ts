// SPDX-License-Identifier: Apache-2.0
import { linkSync, lstatSync, lutimesSync, mkdirSync, symlinkSync } from "node:fs";
import { resolve } from "node:path";
import type { AbortOptions } from "@bk/transport";
import { type ByteString, fromByteString, toByteString } from "../byte-string.js";
import { type NativePath, toNativePath } from "../native-path.js";
import { type FileStat, MODE } from "../source/stat.js";
import { createTimeSlice } from "../source/time-slice.js";
import { assertDeletable } from "./delete-guard.js";
import { type Directories, nameOf, openDirectories, parentOf } from "./disk-directories.js";
import { hasSetId, toSeconds } from "./disk-metadata.js";
import { removeOthers } from "./disk-mirror.js";
import { createPlacement, type Placement } from "./disk-placement.js";
import { createTargetFile } from "./disk-target-file.js";
import { refuse } from "./entry-order.js";
import { emptySource, exportFailed } from "./export-error.js";
import { makeDirectory, restoreDirectory } from "./make-directory.js";
import {
  defaultPolicy,
  type OmittedEntry,
  type ReceivePolicy,
  type Target,
  type TargetFile,
} from "./target.js";

export interface DiskTargetOptions {
  /** Made if it does not exist, for its owner alone. */
  readonly dir: string;
  /** Removes what is in `dir` and was not received, once everything else has succeeded. Default: it stays. */
  readonly delete?: boolean | undefined;
  /** Default: setuid and setgid bits are dropped for root. Devices and named pipes Node cannot make at all. */
  readonly policy?: ReceivePolicy | undefined;
}

/**
 * Receives into a directory on disk, merging with what is there. Nothing is written or removed through a symbolic
 * link, and nothing outside of `dir`, which itself may be a link; `Directories` tells how that holds. What replaces a
 * file is completed beside it and renamed into its place: an old file stays whole until the new one is. Only a directory takes
 * the place of an old file at once, since what it holds needs it.
 *
 * Files belong to whoever receives them. Modes and times are restored, times to the microsecond and not before
 * 1970; extended attributes are not.
 *
 * @throws {SessionError} `BK_EXPORT_FAILED` at once when `delete` is asked for on the root, home or working
 * directory or on one that holds them. So do the methods, naming the path, when the disk fails; `finish` when
 * `delete` is asked for and nothing was received.
 */
export function createDiskTarget({ dir, delete: deletes = false, policy }: DiskTargetOptions): Target {
  const root = resolve(dir);
  if (deletes) assertDeletable(root);
  return new DiskTarget(root, deletes, policy ?? defaultPolicy());
}

class DiskTarget implements Target {
  readonly deletes: boolean;
  readonly skipped: OmittedEntry[] = [];
  readonly #root: string;
  readonly #keepSetId: boolean;
  #opened: OpenedDirectory | undefined;
  /** In the order of the wire: what is below a directory comes after it. */
  readonly #directories: FileStat[] = [];
  /** Kept for `delete` only. */
  readonly #paths = new Set<ByteString>();

  constructor(root: string, deletes: boolean, policy: ReceivePolicy) {
    this.#root = root;
    this.deletes = deletes;
    this.#keepSetId = policy.setId === "keep";
  }

  async begin({ signal }: AbortOptions = {}): Promise<void> {
    try {
      if (this.deletes) assertDeletable(this.#root); // links may have changed since
      mkdirSync(this.#root, { recursive: true, mode: 0o700 });
      const directories = openDirectories(toByteString(this.#root));
      this.#opened = { directories, placement: createPlacement(directories, this.#keepSetId, signal) };
    } catch (cause) {
      throw exportFailed(this.#root, "", cause);
    }
  }

  addDirectory(stat: FileStat): void | Promise<void> {
    return this.#add(stat, () => {
      this.#directories.push(stat);
      makeDirectory(this.#locate(stat.path));
    });
  }

  addSymlink(stat: FileStat): void | Promise<void> {
    return this.#add(stat, (placement) =>
      placement.place(stat.path, (temporary) => {
        symlinkSync(toNativePath(stat.linkname), temporary);
        lutimesSync(temporary, toSeconds(stat), toSeconds(stat));
      }),
    );
  }

  addSpecial(stat: FileStat): void {
    if (this.deletes) this.#paths.add(stat.path);
    this.skipped.push({
      path: fromByteString(stat.path),
      why: stat.mode & MODE.device ? "device" : "named-pipe",
    });
  }

  addFile(stat: FileStat, content: Uint8Array): void | Promise<void> {
    return this.#add(stat, (placement) => placement.placeContent(stat, content));
  }

  openFile(stat: FileStat): TargetFile {
    this.#note(stat);
    try {
      return createTargetFile(this.#root, stat, this.#use().placement.openFile(stat));
    } catch (cause) {
      throw exportFailed(this.#root, stat.path, cause);
    }
  }

  addHardLink(stat: FileStat): void | Promise<void> {
    return this.#add(stat, (placement) =>
      placement.place(stat.path, (temporary) => {
        const file = this.#locate(stat.linkname);
        // Some systems follow a link here; where case does not count, the sender can have put one over the file.
        if (!lstatSync(file).isFile())
          throw new Error(`${fromByteString(stat.linkname)} is no file any more`);
        linkSync(file, temporary);
      }),
    );
  }

  async finish({ signal }: AbortOptions = {}): Promise<void> {
    if (this.deletes) await this.#removeOthers(signal);
    const slice = createTimeSlice();
    for (const stat of this.#directories.reverse()) {
      try {
        restoreDirectory(this.#locate(stat.path), stat, this.#keepSetId);
      } catch (cause) {
        throw exportFailed(this.#root, stat.path, cause);
      }
      if (slice.spent()) await slice.next();
      signal?.throwIfAborted();
    }
  }

  close(): void {
    this.#opened?.directories.close();
    this.#opened = undefined;
  }

  #use(): OpenedDirectory {
    if (!this.#opened) throw new Error("The target is not open");
    return this.#opened;
  }

  #locate(path: ByteString): NativePath {
    return this.#use().directories.locate(parentOf(path), nameOf(path));
  }

  #add(stat: FileStat, make: (placement: Placement) => void | Promise<void>): void | Promise<void> {
    this.#note(stat);
    const fail = (cause: unknown) => {
      throw exportFailed(this.#root, stat.path, cause);
    };
    try {
      const done = make(this.#use().placement);
      return done instanceof Promise ? done.catch(fail) : undefined;
    } catch (cause) {
      return fail(cause);
    }
  }

  #note(stat: FileStat): void {
    checkNameForSystem(stat.path);
    if (this.deletes) this.#paths.add(stat.path);
    if (hasSetId(stat) && !this.#keepSetId)
      this.skipped.push({ path: fromByteString(stat.path), why: "set-id" });
  }

  async #removeOthers(signal: AbortSignal | undefined): Promise<void> {
    if (this.#paths.size === 0) throw emptySource(this.#root);
    const parents = ["", ...this.#directories.map(({ path }) => path)];
    try {
      await removeOthers(this.#use().directories, parents, this.#paths, signal);
    } catch (cause) {
      signal?.throwIfAborted();
      throw exportFailed(this.#root, "", cause);
    }
  }
}

interface OpenedDirectory {
  readonly directories: Directories;
  readonly placement: Placement;
}

/** Must match the daemon in its text. Windows reads more into a name than other systems do. */
function checkNameForSystem(path: ByteString): void {
  if (process.platform !== "win32" || !WINDOWS_SPECIAL.test(nameOf(path))) return;
  throw refuse(`unrepresentable path ${fromByteString(path)}: invalid argument`);
}

const WINDOWS_SPECIAL = /[<>:"\\|?*]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
