// SPDX-License-Identifier: Apache-2.0

/** Says why a file cannot be used, in words that fit behind a colon. */
export function describeFileError(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return "it does not exist";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "EISDIR") return "it is a directory";
  if (code === "ENOSPC") return "the disk is full";
  if (code === "EROFS") return "the file system is read-only";
  return cause instanceof Error ? cause.message : String(cause);
}
