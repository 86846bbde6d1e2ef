// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Server } from "node:net";
import { parseArgs } from "node:util";

import { type ListenAddress, parseListenAddress } from "./listen-address.js";
import { createRelayServer } from "./relay-server.js";

// Started by startRelay(), or by hand:
//   node dist/relay/relay-main.js --docker-socket PATH --listen unix:PATH|tcp:HOST:PORT|tls:HOST:PORT
//     [--ca FILE --cert FILE --key FILE]
// Tells where it listens on its standard output, and to the parent process if it has one to talk to.

function formatAddress({ kind, options }: ListenAddress, server: Server): string {
  if (kind === "unix") return `unix://${options.path}`;
  const bound = server.address();
  return `tcp://${options.host}:${bound !== null && typeof bound === "object" ? bound.port : options.port}`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      "docker-socket": { type: "string" },
      listen: { type: "string" },
      ca: { type: "string" },
      cert: { type: "string" },
      key: { type: "string" },
    },
  });
  const dockerSocket = values["docker-socket"];
  if (dockerSocket === undefined || values.listen === undefined) {
    throw new Error("--docker-socket and --listen are needed");
  }
  const listen = parseListenAddress(values.listen);
  const read = (file: string | undefined): Buffer | undefined => (file ? readFileSync(file) : undefined);
  const [ca, cert, key] = [values.ca, values.cert, values.key].map(read);
  const tls = { ...(cert && { cert }), ...(key && { key }), ...(ca && { ca, requestCert: true }) };
  const relay = createRelayServer(dockerSocket, listen.kind === "tls" ? tls : undefined);
  relay.server.listen(listen.options);
  await once(relay.server, "listening");
  const address = formatAddress(listen, relay.server);
  process.stdout.write(`${address}\n`);
  if (process.send === undefined) return;
  process.send({ address });
  process.on("message", (command) => {
    if (command === "cut") relay.cut();
    if (command === "stall") relay.stall();
    process.send?.({ done: command });
  });
  // Never outlive the test run that started it.
  process.on("disconnect", () => process.exit(0));
}

main().catch((error: unknown) => {
  process.stderr.write(`relay: ${String(error)}\n`);
  process.exit(1);
});
