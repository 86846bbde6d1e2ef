// SPDX-License-Identifier: Apache-2.0
import { createPlainText, formatRawJson, formatStatusJson } from "@bk/progress";
import { bytesOf } from "../lib/bytes.mjs";
import { expectEqual } from "../lib/expect.mjs";
import { checkKeys } from "../lib/keys.mjs";
import { toSolveStatus, toStatusJson } from "../lib/progress-status.mjs";

const KEYS = [
  ...["id", "group", "note", "desc", "env", "events", "end_ms", "unstable"],
  ...["plain", "plain_any", "plain_stepped", "plain_stepped_any", "rawjson", "rawjson_equals_input"],
];
const TEXTS = ["plain", "plain_stepped"];
const TICK_MS = 150;
const STEP_MS = 120;

/** What a sequence of status messages is shown as, on a clock of the vector's. */
export const progress = {
  fileKeys: [],
  prepare: async () => ({ run: runCase }),
};

async function runCase(vector) {
  checkKeys(vector.id, vector, KEYS);
  checkKeys("env", vector.env ?? {}, ["PROGRESS_NO_TRUNC"]);
  for (const event of vector.events) checkKeys("event", event, ["at_ms", "status", "status_json"]);
  for (const name of vector.unstable ?? [])
    if (!TEXTS.includes(name)) throw new Error(`the runner does not know the unstable key ${name}`);
  const messages = vector.events.map(({ at_ms: atMs, status, status_json: line }) => {
    const json = toStatusJson(status ?? JSON.parse(line));
    return { atMs, line, json, status: toSolveStatus(json) };
  });
  const stepped = messages.map((message, index) => ({ ...message, atMs: index * STEP_MS }));
  const runs = {
    plain: () => runPlain(vector, messages, vector.end_ms),
    plain_stepped: () => runPlain(vector, stepped, stepped.length * STEP_MS),
  };
  for (const name of TEXTS) expectText(vector, name, runs[name]());
  expectRawJson(vector, messages);
}

/** Any of the texts that the reference gave; where they are too many to list, that there is one. */
function expectText(vector, name, got) {
  const wanted = vector[`${name}_any`] ?? (vector[name] === undefined ? undefined : [vector[name]]);
  if (wanted === undefined) {
    if (!vector.unstable?.includes(name)) throw new Error(`there is no ${name}`);
    if (got === "") throw new Error(`${name}: got no text`);
    return;
  }
  const texts = wanted.map(bytesOf);
  if (!texts.includes(got)) expectEqual(name, got, texts[0]);
}

function runPlain({ desc, env }, messages, endMs) {
  const plain = createPlainText({ title: desc, truncateNames: env?.PROGRESS_NO_TRUNC === "0" });
  const pieces = [];
  let tickAt = TICK_MS;
  const tickUntil = (ms) => {
    for (; tickAt < ms; tickAt += TICK_MS) pieces.push(plain.refresh(tickAt));
  };
  for (const { atMs, status } of messages) {
    tickUntil(atMs);
    pieces.push(plain.update(status, atMs));
    tickAt = atMs + TICK_MS;
  }
  tickUntil(endMs);
  pieces.push(plain.end(endMs));
  return Buffer.concat(pieces).toString("latin1");
}

function expectRawJson(vector, messages) {
  const { rawjson, rawjson_equals_input: equalsInput } = vector;
  const wanted = equalsInput ? messages.map(({ line }) => `${line}\n`).join("") : rawjson;
  if (wanted === undefined) return;
  const got = messages.map(({ json }) => formatStatusJson(json)).join("");
  expectEqual("rawjson", Buffer.from(got).toString("latin1"), bytesOf(wanted));
  // What was recorded of a build has come by the wire, and fits bk's own type.
  if (!messages.every(({ line }) => line !== undefined)) return;
  const typed = messages.map(({ status }) => formatRawJson(status)).join("");
  expectEqual("rawjson of the status", Buffer.from(typed).toString("latin1"), bytesOf(wanted));
}
