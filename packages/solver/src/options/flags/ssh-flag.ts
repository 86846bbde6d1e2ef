// SPDX-License-Identifier: Apache-2.0
import { formatCsvLine, splitPair } from "./csv.js";

/** An SSH agent as `docker buildx build --ssh` writes it. */
export interface SshFlag {
  readonly id: string;
  /** A socket, or key files; none for the user's own agent. */
  readonly paths: readonly string[];
}

/** Parses `default`, `deploy=/run/agent.sock` or `keys=id_a,id_b`. No text is malformed. */
export function parseSshFlag(text: string): SshFlag {
  const pair = splitPair(text);
  return pair ? { id: pair[0], paths: pair[1].split(",") } : { id: text, paths: [] };
}

export function formatSshFlag({ id, paths }: SshFlag): string {
  return paths.length === 0 ? id : formatCsvLine([[id, paths.join(",")]]);
}
