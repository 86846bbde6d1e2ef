// SPDX-License-Identifier: Apache-2.0
// Solves in a process of its own, which a test can end when its event loop has stopped: node solve-main.mjs ADDRESS DIR
import { createDaemon, solve } from "@bk/solver";
import { createDialer, parseAddress } from "@bk/transport";

const [address, contextDir] = process.argv.slice(2);
const daemon = createDaemon({ dialer: createDialer(parseAddress(address)) });
try {
  await solve(daemon, { contextDir });
} catch (error) {
  process.stdout.write(`${error.code}\n`);
}
await daemon.close();
