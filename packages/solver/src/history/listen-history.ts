// SPDX-License-Identifier: Apache-2.0
import type { BuildHistoryEvent } from "@bk/proto/control";
import type { AbortOptions } from "@bk/transport";
import { streamControl } from "../control/call-control.js";
import type { Daemon } from "../daemon/daemon.js";

export interface BuildFilter extends AbortOptions {
  /** Expressions of the daemon, of which a build must match one: `status==error`, `repository~=example`. */
  readonly filter?: readonly string[] | undefined;
  /** Only builds that run now. */
  readonly activeOnly?: boolean | undefined;
}

interface ListenOptions extends BuildFilter {
  /** Only this build. */
  readonly ref?: string;
  /** End with the present state instead of following changes. */
  readonly earlyExit: boolean;
}

/** The daemon's history as its events tell it. @throws as `streamControl`. */
export function listenHistory(
  daemon: Daemon,
  { filter = [], activeOnly = false, ref = "", earlyExit, signal }: ListenOptions,
): AsyncGenerator<BuildHistoryEvent, void, undefined> {
  // No limit is sent: BuildKit as in Docker 28.5 crashes on one when a build is running.
  const request = { filter: [...filter], activeOnly, ref, earlyExit };
  return streamControl(
    daemon,
    "list its builds",
    (control, options) => control.listenBuildHistory(request, options),
    { signal },
  );
}
