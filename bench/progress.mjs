// SPDX-License-Identifier: Apache-2.0
// Times the display of progress alone: status messages of one event each, on a clock on which 10,000 come in a second.
import { parseArgs } from "node:util";
import { createPlainText, createTtyText, formatRawJson } from "@bk/progress";
import { median } from "./lib/report.mjs";

const USAGE = `Usage: node bench/progress.mjs [--json]

  --json   print {events, bar, cases: [{mode, steps, perSecond}]}

Each step begins, writes lines, tells of a transfer, and is done; as many run at once as there are steps, up to 50.
What is shown is made every 100 ms of the build's time, as the displays do. Medians of the rounds, on one core.
`;

const BAR = 10_000;
const EVENTS = 100_000;
const EVENTS_PER_MS = 10;
const PAINT_EVERY = 100 * EVENTS_PER_MS;
const ROUNDS = 5;
const STEPS = [60, 2_000];
const SECOND = 1_000_000_000n;

function main() {
  const { values } = parseArgs({ options: { json: { type: "boolean" }, help: { type: "boolean" } } });
  if (values.help) return void process.stdout.write(USAGE);
  const cases = STEPS.flatMap((steps) => {
    const messages = createMessages(steps);
    return Object.entries(DISPLAYS).map(([mode, show]) => {
      const rates = Array.from({ length: ROUNDS }, () => measure(show, messages));
      return { mode, steps, perSecond: median(rates) };
    });
  });
  if (values.json) return console.log(JSON.stringify({ events: EVENTS, bar: BAR, cases }, undefined, 2));
  for (const { mode, steps, perSecond } of cases)
    console.log(
      `${mode}, ${steps} steps: ${perSecond} events/s (${perSecond >= BAR ? "within" : "BELOW"} ${BAR})`,
    );
}

/** Shows all messages, and returns the length of what was written. */
const DISPLAYS = {
  plain(messages) {
    const plain = createPlainText();
    let length = 0;
    for (const [index, message] of messages.entries())
      length += plain.update(message, index / EVENTS_PER_MS).length;
    return length + plain.end(messages.length / EVENTS_PER_MS).length;
  },
  tty(messages) {
    const tty = createTtyText({ size: () => ({ columns: 120, rows: 50 }) });
    let length = 0;
    for (const [index, message] of messages.entries()) {
      tty.update(message, index / EVENTS_PER_MS);
      if (index % PAINT_EVERY === 0) length += tty.paint(index / EVENTS_PER_MS).length;
    }
    return length + tty.end(messages.length / EVENTS_PER_MS).length;
  },
  rawjson: (messages) => messages.reduce((length, message) => length + formatRawJson(message).length, 0),
};

/** By the processor's time, as other programs may hold the core meanwhile. */
function measure(show, messages) {
  const before = process.cpuUsage();
  if (show(messages) < messages.length / 10) throw new Error("the display left out most of the build");
  const { user, system } = process.cpuUsage(before);
  return Math.round((messages.length * 1e6) / (user + system));
}

function createMessages(steps) {
  const perStep = Math.floor(EVENTS / steps);
  const atOnce = Math.min(steps, 50);
  const messages = [];
  for (let first = 0; first < steps; first += atOnce) {
    const startedNs = timeAt(messages.length);
    for (let event = 0; event < perStep; event++)
      for (let step = first; step < Math.min(first + atOnce, steps); step++)
        messages.push(createMessage({ step, event, perStep, startedNs, timeNs: timeAt(messages.length) }));
  }
  return messages;
}

function timeAt(index) {
  return SECOND + (BigInt(index) * 1_000_000n) / BigInt(EVENTS_PER_MS);
}

function createMessage({ step, event, perStep, startedNs, timeNs }) {
  const empty = { vertexes: [], statuses: [], logs: [], warnings: [] };
  const digest = `sha256:${String(step).padStart(64, "0")}`;
  if (event === 0 || event === perStep - 1) {
    const completedNs = event === 0 ? undefined : timeNs;
    const name = `[stage-${step} 1/1] RUN make part${step}`;
    const rest = { inputs: [], cached: false, error: undefined, progressGroup: undefined };
    return { ...empty, vertexes: [{ digest, name, startedNs, completedNs, ...rest }] };
  }
  if (event % 3 === 0) {
    const amounts = { current: event * 1000, total: perStep * 1000 };
    const times = { timestampNs: timeNs, startedNs, completedNs: undefined };
    return { ...empty, statuses: [{ id: `layer ${step}`, vertex: digest, name: "", ...amounts, ...times }] };
  }
  const data = Buffer.from(`\u001b[32mok\u001b[0m ${event} - a line of output as long as most of them are\n`);
  return { ...empty, logs: [{ vertex: digest, stream: 1, data, timestampNs: timeNs }] };
}

main();
