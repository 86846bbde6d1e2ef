// SPDX-License-Identifier: Apache-2.0
import { readMetadata } from "@bk/session/filesync";
import { bytesOf, bytesOfAll } from "../lib/bytes.mjs";
import { expectPackets } from "../lib/diffcopy/compare.mjs";
import { runExport, runReceiveScript } from "../lib/diffcopy/receive.mjs";
import { expectRows } from "../lib/diffcopy/rows.mjs";
import { runSender } from "../lib/diffcopy/send.mjs";
import { expectEqual, expectError } from "../lib/expect.mjs";
import { checkKeys } from "../lib/keys.mjs";

const EXCHANGE_KEYS =
  "source include exclude followpaths reset_owner receiver dest differ metadata_only packets result";

/** What each kind of case has beside `id`, `kind` and `group`, and how it is run. */
const KINDS = {
  exchange: { keys: EXCHANGE_KEYS, run: checkExchange },
  "send-script": {
    keys: "source include exclude followpaths reset_owner in eof packets error",
    run: checkSendScript,
  },
  "recv-script": { keys: "receiver in eof packets error result", run: checkReceiveScript },
  "grpc-opts": { keys: "opts encoded decoded", run: checkOptions },
  "grpc-opts-decode": { keys: "encoded decoded", run: checkOptions },
  "query-escape": { keys: "text escaped", run: checkUnescape },
};

/** File sync on the wire. Each side runs alone, against what the reference's other side sent. */
export const diffcopy = {
  fileKeys: [],
  prepare: async () => ({ run: runCase }),
};

async function runCase(vector) {
  const kind = KINDS[vector.kind];
  if (!kind) throw new Error(`the runner does not know the kind ${vector.kind}`);
  checkKeys(vector.id, vector, ["id", "kind", "group", ...kind.keys.split(" ")]);
  for (const packet of [...(vector.packets ?? []), ...(vector.in ?? [])])
    checkKeys("packet", packet, ["dir", "hex", "packet"]);
  await kind.run(vector);
}

/** bk is the sender of every exchange, and the receiver of an export. */
async function checkExchange(vector) {
  const of = (dir) => vector.packets.filter((packet) => packet.dir === dir);
  const { sent, outcome } = await runSender(vector, { packets: of("recv"), eof: true });
  await outcome;
  expectPackets(sent, of("send"));
  if (vector.receiver === "import") return;
  const run = await runExport(vector, of("send"));
  await run.outcome;
  expectPackets(run.sent, of("recv"));
  expectRows(run.target, vector.result, { owners: false });
}

async function checkSendScript(vector) {
  const { sent, outcome } = await runSender(vector, { packets: vector.in, eof: vector.eof });
  await expectOutcome(vector, outcome);
  expectPackets(sent, vector.packets);
}

async function checkReceiveScript(vector) {
  const { sent, outcome, target } = await runReceiveScript(vector);
  await expectOutcome(vector, outcome);
  expectPackets(sent, vector.packets);
  if (vector.result !== undefined)
    expectRows(target, vector.result, { owners: vector.receiver === "import" });
}

async function expectOutcome({ error }, outcome) {
  if (error === undefined) await outcome;
  else await expectError("transfer", error, () => outcome);
}

/** bk is asked: it decodes. An empty list is no header. */
async function checkOptions({ encoded, decoded }) {
  const headers = Object.entries(encoded).flatMap(([name, values]) =>
    values.flatMap((value) => [name, bytesOf(value)]),
  );
  const metadata = readMetadata(headers);
  for (const [name, values] of Object.entries(decoded)) {
    expectEqual(name, [...(metadata.get(name) ?? [])], bytesOfAll(values));
  }
}

async function checkUnescape({ text, escaped }) {
  const metadata = readMetadata(["name", escaped, "name-encoded", "1"]);
  expectEqual("text", metadata.get("name"), [bytesOf(text)]);
}
