// SPDX-License-Identifier: Apache-2.0
import { toByteString } from "../byte-string.js";
import type { Pattern } from "../patterns/pattern.js";
import { createDiskTree } from "../source/disk-tree.js";
import type { FileTree } from "../source/file-tree.js";
import type { SyncFilter } from "../source/filter.js";
import { createTreeSource } from "../source/tree-source.js";
import type { ContextOptions } from "./context-options.js";
import { type DockerfileDir, openDockerfileDir } from "./dockerfile-dir.js";
import { type IgnoreFile, readIgnoreFile } from "./ignore-file.js";
import { type PatternOrigin, traceOrigins, type WrittenPattern } from "./pattern-origin.js";

/** A context with the filter that a daemon would ask for. */
export interface OpenContext {
  readonly tree: FileTree;
  readonly filter: SyncFilter;
  readonly origins: ReadonlyMap<Pattern, PatternOrigin>;
  readonly dockerfileDir: DockerfileDir;
  readonly ignoreFile: IgnoreFile | undefined;
}

/** @throws {SessionError} `BK_CONTEXT_UNREADABLE`, `BK_CONTEXT_CHANGED`, `BK_PATTERN_INVALID` */
export async function openContext(dir: string, options: ContextOptions): Promise<OpenContext> {
  options.signal?.throwIfAborted();
  const tree = createDiskTree(dir);
  const dockerfileDir = openDockerfileDir(dir, options.dockerfile);
  const ignoreFile = options.excludePatterns
    ? undefined
    : await readIgnoreFile(tree, dockerfileDir, { signal: options.signal });
  const excludes = ignoreFile
    ? ignoreFile.lines.map(({ pattern, line }) => ({ pattern, source: `${ignoreFile.name}:${line}` }))
    : fromOption("excludePatterns", options.excludePatterns);
  const includes = fromOption("includePatterns", options.includePatterns);
  const filter = await createTreeSource(tree).resolveFilter(
    {
      includePatterns: textsOf(includes),
      excludePatterns: textsOf(excludes),
      followPaths: options.followPaths?.map(toByteString),
    },
    { signal: options.signal },
  );
  const origins = new Map([
    ...(filter.include ? traceOrigins(filter.include.matcher, includes, "followPaths") : []),
    ...(filter.exclude ? traceOrigins(filter.exclude.matcher, excludes, "excludePatterns") : []),
  ]);
  return { tree, filter, origins, dockerfileDir, ignoreFile };
}

function fromOption(name: string, patterns: readonly string[] = []): readonly WrittenPattern[] {
  return patterns.map((text, index) => ({ pattern: toByteString(text), source: `${name}[${index}]` }));
}

function textsOf(patterns: readonly WrittenPattern[]): readonly string[] {
  return patterns.map(({ pattern }) => pattern);
}
