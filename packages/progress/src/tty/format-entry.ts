// SPDX-License-Identifier: Apache-2.0
import { toPlainLine, type VertexStatus } from "@bk/solver";
import { formatBytes, secondsBetween, toFixedEven } from "../numbers.js";
import { durationNs, type VertexState } from "../state/build-state.js";
import type { Entry } from "./entry.js";
import type { Palette } from "./palette.js";
import { cutText } from "./text-width.js";

/** A line of the screen, cut to its width. */
export interface Line {
  readonly text: string;
  /** Stands at the right edge; may be empty. */
  readonly timer: string;
  readonly color: keyof Palette | undefined;
}

const PREFIX = " => ";
/** With less room for its name than this, a step is shown without its time. */
const MIN_NAME_COLUMNS = 12;
/** As much of a name has to be seen beside an amount, and beside a bar. */
const MIN_NAME_BY_AMOUNT = 16;
const BAR_CELLS = 10;
/** Time that counts as none, in seconds. */
const MIN_SECONDS = 0.05;
/** A name may have megabytes. */
const MAX_NAME_CHARS = 4096;

/** The last column stays empty, as terminals differ in what follows a character there. */
export function formatEntry(entry: Entry, columns: number, nowNs: bigint): Line {
  if (entry.kind === "step") return formatStep(entry.vertex, columns, nowNs);
  if (entry.kind === "transfer") return formatTransfer(entry.transfer, entry.isRunning, columns, nowNs);
  return makeLine({ name: `WARN: ${toName(entry.warning.short)}`, timer: "", columns, color: "warning" });
}

const LABELS: Readonly<Record<string, string>> = {
  cached: "CACHED ",
  failed: "ERROR ",
  canceled: "CANCELED ",
};

function formatStep(vertex: VertexState, columns: number, nowNs: bigint): Line {
  const { phase } = vertex;
  const color =
    phase === "running" ? undefined : phase === "failed" ? "error" : phase === "canceled" ? "cancel" : "run";
  const timer = vertex.intervals.length === 0 ? "" : formatTimer(Number(durationNs(vertex, nowNs)) / 1e9);
  return makeLine({ name: `${LABELS[phase] ?? ""}${toName(vertex.name)}`, timer, columns, color });
}

function formatTransfer(transfer: VertexStatus, isRunning: boolean, columns: number, nowNs: bigint): Line {
  const { id, startedNs, completedNs, timestampNs } = transfer;
  const endNs = completedNs ?? (isRunning ? nowNs : timestampNs);
  const timer =
    startedNs === undefined || endNs === undefined ? "" : formatTimer(secondsBetween(startedNs, endNs));
  const name = `=> ${toName(id)}`;
  const color = completedNs === undefined ? undefined : "run";
  return makeLine({ name, timer, columns, color, ...formatAmount(transfer, isRunning) });
}

interface LineParts {
  readonly name: string;
  readonly timer: string;
  readonly columns: number;
  readonly color: keyof Palette | undefined;
  /** Left out where there is no room, the bar first. */
  readonly bar?: string;
  readonly amount?: string;
}

function makeLine({ name, timer, columns, color, bar = "", amount = "" }: LineParts): Line {
  let room = columns - 1 - PREFIX.length - timer.length - (timer === "" ? 0 : 1);
  if (room < MIN_NAME_COLUMNS && timer !== "") return makeLine({ name, timer: "", columns, color });
  let tail = "";
  for (const part of [amount, bar]) {
    if (part === "" || room - part.length - 1 < MIN_NAME_BY_AMOUNT) break;
    tail = ` ${part}${tail}`;
    room -= part.length + 1;
  }
  const { text } = cutText(name, Math.max(room, 0));
  return { text: cutText(PREFIX, Math.max(columns - 1, 0)).text + text + tail, timer, color };
}

function formatAmount(
  { current, total }: VertexStatus,
  isRunning: boolean,
): Pick<LineParts, "bar" | "amount"> {
  if (total <= 0) return current === 0 ? {} : { amount: formatBytes(current) };
  const amount = `${formatBytes(current)} / ${formatBytes(total)}`;
  return isRunning ? { amount, bar: formatBar(current / total) } : { amount };
}

/** `[====>     ]` */
function formatBar(share: number): string {
  const cells = Math.floor(Math.min(Math.max(share, 0), 1) * BAR_CELLS);
  const head = cells < BAR_CELLS ? ">" : "";
  return `[${`${"=".repeat(cells)}${head}`.padEnd(BAR_CELLS)}]`;
}

function formatTimer(seconds: number): string {
  return `${toFixedEven(seconds < MIN_SECONDS ? 0 : seconds, 1)}s`;
}

/** In one line that a terminal takes as text only. */
function toName(text: string): string {
  return toPlainLine(text.slice(0, MAX_NAME_CHARS).replace(/[\t\r\n]/g, " "));
}
