// SPDX-License-Identifier: Apache-2.0
import { checkBuild, createDaemon, formatCheck, runGateway } from "@bk/solver";
import { createDialer, parseAddress } from "@bk/transport";

/** Checks a Dockerfile, then builds it to read one file of the result. Nothing is exported. */
export async function readBuilt(host: string, contextDir: string, path: string): Promise<Uint8Array> {
  await using daemon = createDaemon({ dialer: createDialer(parseAddress(host)) });
  console.error(formatCheck(await checkBuild(daemon, { contextDir })));
  let file: Uint8Array = new Uint8Array();
  await runGateway(daemon, { contextDir }, async (gateway) => {
    const result = await gateway.solve(gateway.buildRequest);
    if (result.ref !== undefined) file = await gateway.readFile(result.ref, path);
    return result;
  });
  return file;
}
