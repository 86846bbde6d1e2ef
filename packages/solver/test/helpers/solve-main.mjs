// SPDX-License-Identifier: Apache-2.0
// Solves in a process of its own, which a test can end when its event loop has stopped, and says how that ended:
// node solve-main.mjs ADDRESS DIR
import { createDaemon, solve } from "@bk/solver";
import { createDialer, parseAddress } from "@bk/transport";

const [address, contextDir] = process.argv.slice(2);
const daemon = createDaemon({ dialer: createDialer(parseAddress(address)) });
const stopWriting = await keepWriting();
try {
  const { ref } = await solve(daemon, { contextDir, ref: "done" });
  process.stdout.write(ref);
} catch (error) {
  process.stdout.write(error.code);
}
stopWriting();
await daemon.close();

/** Writes in every turn: Node 20 guards its reading only as long as nothing waits to be sent. */
async function keepWriting() {
  const stream = await daemon.channel.openStream("/test/Busy");
  stream.on("error", () => {}).resume();
  let next;
  const write = () => {
    if (stream.writable) stream.write("x");
    next = setImmediate(write);
  };
  write();
  return () => clearImmediate(next);
}
