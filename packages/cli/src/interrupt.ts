// SPDX-License-Identifier: Apache-2.0
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

/** What it takes of the process. */
export type InterruptHost = Pick<NodeJS.Process, "on" | "off" | "kill" | "pid">;

/**
 * The first SIGINT or SIGTERM asks the command to end, so that the daemon stops building too. A second one ends the
 * process as if nobody listened: the shell sees 130 for SIGINT. `process.exit` would first wait for threads of Node's
 * that wait for the system, such as on a pipe that nobody reads.
 */
export function watchInterrupts(host: InterruptHost): Interrupts {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      stop();
      host.kill(host.pid, signal);
    }
    controller.abort(new InterruptedError());
  };
  const stop = (): void => {
    host.off("SIGINT", onSignal);
    host.off("SIGTERM", onSignal);
  };
  host.on("SIGINT", onSignal);
  host.on("SIGTERM", onSignal);
  return { signal: controller.signal, stop };
}
