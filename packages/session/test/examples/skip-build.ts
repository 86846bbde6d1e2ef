// SPDX-License-Identifier: Apache-2.0
import { digestContext, explainContext } from "@bk/session/filesync";

/** Builds a directory unless all that a build sends is what it was, and returns the digest to keep for next time. */
export async function buildIfChanged(dir: string, lastDigest: string, build: () => Promise<void>) {
  const digest = await digestContext(dir);
  if (digest !== lastDigest) await build();
  return digest;
}

/** What makes a context large, and which line of the ignore file has let it in again, if one did. */
export async function describeLargest(dir: string, count: number) {
  const { entries, total } = await explainContext(dir);
  const largest = entries.toSorted((a, b) => b.size - a.size).slice(0, count);
  const lines = largest.map(({ path, size, keptBy }) => `${size} ${path} ${keptBy?.source ?? ""}`.trimEnd());
  return [...lines, `${total.bytes} in ${total.files} files`];
}
