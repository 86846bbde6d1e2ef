// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { type FileStat, MODE } from "../../../src/filesync/index.js";
import { createReceiveState, DEFAULT_LIMITS } from "../../../src/filesync/receive/receive-state.js";

function stat(path: string, fields: Partial<FileStat> = {}): FileStat {
  const rest = { uid: 0, gid: 0, size: 0, modTimeNs: 0n, linkname: "", devmajor: 0, devminor: 0, inode: 0n };
  return { path, mode: 0o644, ...rest, ...fields };
}

describe("createReceiveState()", () => {
  test("counts every description as an id, and requests the regular files alone", () => {
    const state = createReceiveState(DEFAULT_LIMITS);

    const kinds = [
      stat("a"),
      stat("b", { mode: MODE.directory + 0o755 }),
      stat("c", { linkname: "a" }),
      stat("d", { mode: MODE.symlink, linkname: "anywhere" }),
      stat("e", { mode: MODE.device + MODE.charDevice }),
      stat("f", { size: 1 }),
    ].map((entry) => state.describe(entry));

    expect(kinds).toEqual(["file", "directory", "hardlink", "symlink", "special", "file"]);
    expect([state.nextRequest()?.id, state.nextRequest()?.id, state.nextRequest()]).toEqual([
      0,
      5,
      undefined,
    ]);
  });

  test("is complete when the descriptions have ended and all contents are here", () => {
    const state = createReceiveState(DEFAULT_LIMITS);
    const seen: boolean[] = [];
    const look = () => seen.push(state.complete);

    state.describe(stat("a", { size: 2 }));
    look();
    state.endOfStats();
    look();
    const id = state.nextRequest()?.id ?? -1;
    look();
    state.data(id, 1);
    state.data(id, 1);
    look();
    state.endOfFile(id);
    look();

    expect(seen).toEqual([false, false, false, false, true]);
    expect([state.files, state.bytes]).toEqual([1, 2]);
    expect(() => state.finish()).not.toThrow();
  });

  test("is complete at once when there is nothing", () => {
    const state = createReceiveState(DEFAULT_LIMITS);
    expect(state.complete).toBe(false);
    state.endOfStats();
    expect(state.complete).toBe(true);
  });

  test("judges an entry of several types by the first that the reference looks at", () => {
    const state = createReceiveState(DEFAULT_LIMITS);

    expect(state.describe(stat("a", { mode: MODE.directory + MODE.symlink }))).toBe("directory");
    expect(state.describe(stat("b", { mode: MODE.namedPipe + MODE.symlink }))).toBe("special");
    expect(state.describe(stat("c", { mode: MODE.symlink + MODE.socket }))).toBe("symlink");
  });
});
