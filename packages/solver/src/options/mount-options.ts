// SPDX-License-Identifier: Apache-2.0
import type { SecretSource, SshSource } from "@bk/session";
import { checkPath, checkText } from "./check-option.js";
import { invalidOption } from "./invalid-option.js";

// What build steps may mount beside the context. Values are secret: messages show ids, files and variables only.

/** @throws {SolverError} `BK_OPTIONS_INVALID` */
export function resolveSecrets(
  secrets: Readonly<Record<string, SecretSource>>,
): ReadonlyMap<string, SecretSource> {
  for (const [id, source] of Object.entries(secrets)) {
    const option = `secrets.${id}`;
    if (id === "") throw invalidOption("secrets", "A secret needs an id");
    if (typeof source === "function") continue;
    if (typeof source === "object" && source !== null) {
      if ("file" in source) checkPath(`${option}.file`, source.file);
      else if ("env" in source) checkText(`${option}.env`, source.env);
      else if (!("value" in source) || !isBytes(source.value)) throw notASecret(option);
    } else throw notASecret(option);
  }
  return new Map(Object.entries(secrets));
}

function isBytes(value: unknown): boolean {
  return typeof value === "string" || value instanceof Uint8Array;
}

function notASecret(option: string): Error {
  return invalidOption(option, `${option} is not a file, env, value or callback`);
}

/** @throws {SolverError} `BK_OPTIONS_INVALID` */
export function resolveSsh(agents: Readonly<Record<string, SshSource>>): ReadonlyMap<string, SshSource> {
  for (const [id, source] of Object.entries(agents)) {
    const option = `ssh.${id}`;
    if (id === "") throw invalidOption("ssh", 'An SSH agent needs an id, such as "default"');
    if ("rawSocket" in source) checkPath(`${option}.rawSocket`, source.rawSocket);
    else if ("keyFiles" in source) {
      if (source.keyFiles.length === 0)
        throw invalidOption(`${option}.keyFiles`, `${option} has no key files`);
      for (const file of source.keyFiles) checkPath(`${option}.keyFiles`, file);
    } else if (source.agentSocket !== undefined) checkPath(`${option}.agentSocket`, source.agentSocket);
  }
  return new Map(Object.entries(agents));
}
