// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import { isTerminal } from "./terminal.js";

/**
 * `tty` is a display with live lines, `plain` lines as they happen, `rawjson` one line of JSON for each message.
 * `quiet` is silent but for the last output of what failed, `none` in any case. `auto` is `tty` on a terminal that
 * people watch, else `plain`.
 */
export type ProgressMode = "auto" | "tty" | "plain" | "quiet" | "rawjson" | "none";

type Env = Readonly<Record<string, string | undefined>>;

/** What `auto` means for an output. A terminal of a CI service is a log that nobody sees change. */
export function resolveMode(mode: ProgressMode, output: Writable, env: Env): Exclude<ProgressMode, "auto"> {
  if (mode !== "auto") return mode;
  return isTerminal(output) && env["TERM"] !== "dumb" && !isCi(env) ? "tty" : "plain";
}

/** CI services set CI. Must match what other tools take for unset: empty, 0 and false. */
function isCi(env: Env): boolean {
  const value = env["CI"]?.toLowerCase() ?? "";
  return value !== "" && value !== "0" && value !== "false";
}
