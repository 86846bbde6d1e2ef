// SPDX-License-Identifier: Apache-2.0

/** What the shell gets to know. */
export const EXIT_CODES = {
  ok: 0,
  /** The build failed, or something else went wrong. */
  failed: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** No daemon could be reached, or it was lost. */
  noDaemon: 3,
  /** 128 and the number of SIGINT. */
  interrupted: 130,
} as const;
