// SPDX-License-Identifier: Apache-2.0
// Ends a call in several ways at the moment that the daemon has ended another one, in a process of its own, which a
// test can end when its event loop has stopped: node reset-main.mjs PORT
import { once } from "node:events";
import { constants } from "node:http2";
import { createChannel, createTcpDialer } from "@bk/transport";

const WAYS = {
  "close a call": ({ call }) => call.close(constants.NGHTTP2_INTERNAL_ERROR),
  "destroy a call": ({ call }) => call.destroy(new Error("enough")),
  "abort a call": ({ aborter }) => aborter.abort(new Error("enough")),
  "reset the channel": ({ channel }) => channel.reset(new Error("enough")),
  "close the channel": ({ channel }) => void channel.close(),
};

const dialer = createTcpDialer({ host: "127.0.0.1", port: Number(process.argv[2]) });
for (const [way, end] of Object.entries(WAYS)) {
  const channel = createChannel(dialer);
  const aborter = new AbortController();
  const ended = await channel.openStream("/ended");
  const call = await channel.openStream("/open", { signal: aborter.signal });
  for (const stream of [ended, call]) stream.on("error", () => {}).resume();
  await Promise.all([once(ended, "response"), once(call, "response")]);
  const closed = new Promise((resolve) => call.once("close", resolve));
  ended.once("close", () => end({ channel, call, aborter }));
  ended.write("end this one");
  await closed;
  process.stdout.write(`${way}: ${call.errored?.message}\n`);
  await channel.close();
}
