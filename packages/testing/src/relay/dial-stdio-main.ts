// SPDX-License-Identifier: Apache-2.0
import { connect } from "node:net";

// Joins its standard streams to a unix socket, as `buildctl dial-stdio` does:
//   node dist/relay/dial-stdio-main.js PATH

const path = process.argv[2] ?? "";
const socket = connect({ path, allowHalfOpen: true });
socket.on("error", ({ message }) => {
  process.stderr.write(`error: dial unix ${path}: ${message}\n`);
  process.exit(1);
});
process.stdin.pipe(socket);
socket.pipe(process.stdout);
// The daemon's end counts, whether standard input goes on or not, but not before the last bytes are out.
socket.on("end", () => process.stdout.write("", () => process.exit(0)));
