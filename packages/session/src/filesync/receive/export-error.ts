// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "../../errors.js";
import { type ByteString, fromByteString } from "../byte-string.js";
import { systemCode } from "../system-code.js";

/**
 * `cause` as this package's error, with the path named; errors of this package stay as they are.
 *
 * @param path below `root`, "" for the root itself
 */
export function exportFailed(root: string, path: ByteString, cause: unknown): SessionError {
  if (SessionError.is(cause)) return cause;
  const what = path === "" ? root : `${fromByteString(path)} in ${root}`;
  return new SessionError("BK_EXPORT_FAILED", `Cannot write ${what}: ${reasonOf(cause)}`, { cause });
}

function reasonOf(cause: unknown): string {
  const code = systemCode(cause);
  const text = cause instanceof Error ? cause.message : String(cause);
  // Behind the words, Node names the call and the temporary path, which tell nobody anything.
  return REASONS.get(code) ?? (text.startsWith(`${code}: `) ? text.replace(/, .*$/s, "") : text);
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the disk quota is used up"],
  ["EROFS", "the file system is read-only"],
  ["EACCES", "permission denied"],
  ["EPERM", "the system does not permit it"],
  ["ENOTDIR", "a file or a symbolic link is where a directory is needed"],
  ["ELOOP", "a symbolic link is where a directory is needed"],
  ["EEXIST", "a file is where a directory is needed"],
  ["ENAMETOOLONG", "the name is too long for this file system"],
  ["EMFILE", "too many files are open"],
]);

/** A mirror of nothing is more likely a mistake than what was meant. */
export function emptySource(where: string): SessionError {
  return new SessionError(
    "BK_EXPORT_FAILED",
    `The result of the build is empty, so that nothing in ${where} was removed. Export without mode=delete`,
  );
}
