// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { findFile } from "../../../src/filesync/context/find-file.js";
import { createMemoryTree } from "../../../src/filesync/source/memory-tree.js";

const memory = createMemoryTree({
  "real/file": "x",
  direct: { symlink: "real/file" },
  absolute: { symlink: "/real/file" },
  "deep/up": { symlink: "../../../real/file" },
  dir: { symlink: "real" },
  dangling: { symlink: "nothing" },
  circle: { symlink: "circle" },
  back: { symlink: "real/.." },
});

describe("findFile()", () => {
  test.each(["real/file", "direct", "absolute", "deep/up", "dir/file", "real/../direct"])(
    "finds the file through %s, never outside the tree",
    (path) => {
      expect(findFile(memory, path)?.path).toBe("real/file");
    },
  );

  test.each(["nothing", "dangling", "circle", "dir", "back", "real/file/below", "."])(
    "finds no file at %s",
    (path) => {
      expect(findFile(memory, path)).toBeUndefined();
    },
  );
});
