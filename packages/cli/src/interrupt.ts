// SPDX-License-Identifier: Apache-2.0
import { EXIT_CODES } from "./exit-codes.js";

/** Why a command ended before its time. */
export class InterruptedError extends Error {
  constructor() {
    super("Interrupted");
    this.name = "InterruptedError";
  }
}

export interface Interrupts {
  readonly signal: AbortSignal;
  /** Gives the signals back to the process. */
  stop(): void;
}

/**
 * The first SIGINT or SIGTERM asks the command to end, so that the daemon stops building too. A second one
 * does not wait for that.
 */
export function watchInterrupts(host: NodeJS.Process): Interrupts {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) host.exit(EXIT_CODES.interrupted);
    controller.abort(new InterruptedError());
  };
  host.on("SIGINT", onSignal);
  host.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    stop() {
      host.off("SIGINT", onSignal);
      host.off("SIGTERM", onSignal);
    },
  };
}
