// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { hostname } from "node:os";

/** Lets the daemon reuse what it got of a directory from this machine in an earlier build. */
export function sharedKey(dir: string): string {
  return createHash("sha256").update(`${hostname()}\0${dir}`).digest("hex");
}
