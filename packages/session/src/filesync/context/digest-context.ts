// SPDX-License-Identifier: Apache-2.0
import { createHash, type Hash } from "node:crypto";
import type { AbortOptions } from "@bk/transport";
import type { FileTree } from "../source/file-tree.js";
import { type FileStat, isHardLink, isRegularFile } from "../source/stat.js";
import { createTimeSlice } from "../source/time-slice.js";
import { createTreeSource } from "../source/tree-source.js";
import type { ContextOptions } from "./context-options.js";
import type { DockerfileDir } from "./dockerfile-dir.js";
import { openContext } from "./open-context.js";
import { readContent } from "./read-content.js";

/** Changes with whatever changes the digest of an unchanged context. */
const HEADER = "bk context digest v1\n";

/**
 * A digest (`sha256:` and 64 hex digits) of what a build would send: equal digests mean an equal Dockerfile and
 * context, so that a build with the same options can be skipped. A fresh checkout has the same one.
 *
 * It covers the Dockerfile's content, if there is one, and of every path that may be sent, as `explainContext`
 * finds them: the path, type and permission bits, size, content, target of a symbolic link, the earlier name of
 * a hard link, and device numbers. It does not cover times, owners, extended attributes, the name of the
 * Dockerfile, nor the text of an ignore file that is not itself sent.
 *
 * Exactly, it is the SHA-256 of `bk context digest v1`, a line feed, `dockerfile <size>`, a line feed and that
 * content (or the line `no dockerfile`), and for each path, in the order of the wire, the line
 * `<mode> <size> <major>:<minor> <length>:<path> <length>:<linkname>`, followed by the content for files. The mode
 * is Go's `os.FileMode` in octal, lengths and sizes are bytes.
 *
 * Memory is bounded, whatever the size of the files; works in slices of some milliseconds.
 *
 * @param dir the context; a relative path is taken from the working directory
 * @throws {SessionError} `BK_CONTEXT_UNREADABLE`, `BK_CONTEXT_CHANGED` for a file that changes while it is read,
 * `BK_PATTERN_INVALID`.
 */
export async function digestContext(dir: string, options: ContextOptions = {}): Promise<string> {
  const { signal } = options;
  const { tree, filter, dockerfileDir } = await openContext(dir, options);
  const hash = createHash("sha256").update(HEADER);
  await addDockerfile(hash, dockerfileDir, { signal });
  const slice = createTimeSlice();
  for await (const batch of createTreeSource(tree).walk(filter, { signal })) {
    for (const stat of batch) {
      await addEntry(hash, tree, stat, { signal });
      if (!slice.spent()) continue;
      await slice.next();
      signal?.throwIfAborted();
    }
  }
  return `sha256:${hash.digest("hex")}`;
}

async function addDockerfile(hash: Hash, { tree, dockerfile }: DockerfileDir, options: AbortOptions) {
  hash.update(dockerfile ? `dockerfile ${dockerfile.size}\n` : "no dockerfile\n");
  if (dockerfile) await readContent(tree, dockerfile, (chunk) => hash.update(chunk), options);
}

async function addEntry(hash: Hash, tree: FileTree, stat: FileStat, options: AbortOptions) {
  const { mode, size, devmajor, devminor, path, linkname } = stat;
  const line = `${mode.toString(8)} ${size} ${devmajor}:${devminor} ${path.length}:${path} ${linkname.length}:${linkname}\n`;
  hash.update(line, "latin1");
  if (isRegularFile(stat) && !isHardLink(stat)) {
    await readContent(tree, stat, (chunk) => hash.update(chunk), options);
  }
}
