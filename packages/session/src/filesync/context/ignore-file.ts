// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { AbortOptions } from "@bk/transport";
import { fromByteString } from "../byte-string.js";
import { type IgnoreLine, parseIgnoreLines } from "../patterns/ignorefile.js";
import type { FileTree } from "../source/file-tree.js";
import type { DockerfileDir } from "./dockerfile-dir.js";
import { findFile } from "./find-file.js";
import { readContent } from "./read-content.js";

/** The ignore file that holds for a build. */
export interface IgnoreFile {
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  readonly lines: readonly IgnoreLine[];
}

/**
 * Reads `<Dockerfile>.dockerignore` beside the Dockerfile, else `.dockerignore` in the context. Undefined if
 * there is neither.
 *
 * Must match the daemon: frontend/dockerui of moby/buildkit. An ignore file that is a directory counts as none.
 *
 * @throws {SessionError} `BK_CONTEXT_UNREADABLE`, `BK_CONTEXT_CHANGED`, `BK_PATTERN_INVALID`
 */
export async function readIgnoreFile(
  context: FileTree,
  { tree, filename }: DockerfileDir,
  options: AbortOptions,
): Promise<IgnoreFile | undefined> {
  return (
    (await readPatterns(tree, `${filename}.dockerignore`, options)) ??
    (await readPatterns(context, ".dockerignore", options))
  );
}

async function readPatterns(
  tree: FileTree,
  path: string,
  options: AbortOptions,
): Promise<IgnoreFile | undefined> {
  const stat = findFile(tree, path);
  if (!stat) return undefined;
  let text = "";
  await readContent(tree, stat, (chunk) => (text += Buffer.from(chunk).toString("latin1")), options);
  const name = fromByteString(path);
  return { path: join(tree.location, name), name, lines: parseIgnoreLines(text) };
}
