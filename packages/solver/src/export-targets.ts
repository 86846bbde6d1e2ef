// SPDX-License-Identifier: Apache-2.0
import { createDiskTarget, type DirectoryExport, type OpenExport, SessionError } from "@bk/session";
import type { ExportReceiver, ResolvedExport } from "./options/export-options.js";
import { invalidOption } from "./options/invalid-option.js";

/**
 * What receives the exports that come over the session, by their index in the solve.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` for a directory that must not be emptied.
 */
export function createExportTargets(
  exports: readonly ResolvedExport[],
): ReadonlyMap<number, OpenExport | DirectoryExport> {
  const targets = new Map<number, OpenExport | DirectoryExport>();
  for (const [index, { receiver }] of exports.entries()) {
    if (receiver?.kind === "stream") targets.set(index, receiver.open);
    if (receiver?.kind === "directory") targets.set(index, createDirectory(`exports[${index}]`, receiver));
  }
  return targets;
}

function createDirectory(
  option: string,
  { target, onReceived }: ExportReceiver & { kind: "directory" },
): DirectoryExport {
  const openDirectory = () => createDiskTarget(target);
  try {
    openDirectory(); // refuses at once, and touches nothing before its begin()
  } catch (error) {
    throw SessionError.is(error) ? invalidOption(`${option}.dest`, error.message, error) : error;
  }
  return { openDirectory, onReceived };
}
