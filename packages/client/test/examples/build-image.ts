// SPDX-License-Identifier: Apache-2.0
import { Client, SolverError } from "@bk/client";

/** Builds the image of one directory, with the daemon of BUILDKIT_HOST or else the BuildKit inside Docker. */
export async function buildImage(contextDir: string, tag: string): Promise<string | undefined> {
  await using client = process.env["BUILDKIT_HOST"] ? Client.fromEnv() : Client.embedded();
  try {
    const { imageDigest } = await client.build({ contextDir, tag, buildArgs: { VERSION: "1.2.3" } });
    return imageDigest;
  } catch (error) {
    if (SolverError.is(error) && error.failure) console.error(error.message, error.failure.logs);
    throw error;
  }
}
