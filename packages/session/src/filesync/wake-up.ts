// SPDX-License-Identifier: Apache-2.0

/** Lets one waiter sleep until something has happened since it last looked. */
export interface WakeUp {
  wake(): void;
  wait(): Promise<void>;
}

export function createWakeUp(): WakeUp {
  let pending = false;
  let resume: (() => void) | undefined;
  return {
    wake() {
      pending = true;
      const waiter = resume;
      resume = undefined;
      waiter?.();
    },
    async wait() {
      if (!pending) await new Promise<void>((resolve) => (resume = resolve));
      pending = false;
    },
  };
}
