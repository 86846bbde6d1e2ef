// SPDX-License-Identifier: Apache-2.0

/** The command line makes no sense. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}
