// SPDX-License-Identifier: Apache-2.0
import { createDaemon, formatSolveFailure, SolverError, solve } from "@bk/solver";
import { createDialer, parseAddress } from "@bk/transport";

/** Builds a directory into the image store of a BuildKit daemon and gives the image's digest. */
export async function buildImage(host: string, contextDir: string, tag: string): Promise<string | undefined> {
  await using daemon = createDaemon({ dialer: createDialer(parseAddress(host)) });
  try {
    const result = await solve(daemon, { contextDir, tags: [tag], exports: [{ type: "image" }] });
    return result.imageDigest;
  } catch (error) {
    if (SolverError.is(error) && error.failure) console.error(formatSolveFailure(error.failure));
    throw error;
  }
}
