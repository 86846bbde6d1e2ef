// SPDX-License-Identifier: Apache-2.0
import type { Environment, SecretSource } from "@bk/session";
import { invalidOption, showValue } from "../invalid-option.js";
import { formatCsvLine, parseCsvLine, requirePair } from "./csv.js";

/** A secret as `docker buildx build --secret` writes it. Empty fields were not given. */
export interface SecretFlag {
  readonly id: string;
  readonly file: string;
  readonly env: string;
}

/**
 * Parses `id=npm,src=.npmrc` or `id=token,env=TOKEN`.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`.
 */
export function parseSecretFlag(text: string): SecretFlag {
  const flag = { id: "", file: "", env: "" };
  let type = "";
  for (const field of parseCsvLine(text)) {
    const [key, value] = requirePair(field);
    if (key === "type") type = checkType(value);
    else if (key === "id") flag.id = value;
    else if (key === "src" || key === "source") flag.file = value;
    else if (key === "env") flag.env = value;
    else throw invalidOption("secrets", `A secret has no ${showValue(key)}: expected id, src, env or type`);
  }
  if (type === "env" && flag.env === "") return { id: flag.id, file: "", env: flag.file };
  return flag;
}

function checkType(type: string): string {
  if (type === "file" || type === "env") return type;
  throw invalidOption("secrets", `A secret's type is file or env, not ${showValue(type)}`);
}

export function formatSecretFlag({ id, file, env }: SecretFlag): string {
  const pairs = [["id", id] as const, ["src", file] as const, ["env", env] as const];
  return formatCsvLine(pairs.filter(([, value]) => value !== ""));
}

/**
 * Where a secret's bytes are. A variable wins over a file; with neither, the variable of the secret's id is meant,
 * and without such a variable the file of that name. Must match docker buildx.
 */
export function toSecretSource({ id, file, env: name }: SecretFlag, env: Environment): SecretSource {
  if (name !== "") return { env: name };
  if (file !== "") return { file };
  return env[id] === undefined ? { file: id } : { env: id };
}
