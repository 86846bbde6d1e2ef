// SPDX-License-Identifier: Apache-2.0
import type { VertexStatus } from "@bk/solver";
import { formatBytes, secondsBetween, toFixedEven } from "./numbers.js";
import {
  isCanceled,
  isCompleted,
  MAX_ENTRIES,
  RECENT_LINES,
  type Trace,
  type TracedVertex,
  toByteText,
} from "./trace.js";

/** A transfer is shown again after this much of it, or this long. */
const MIN_PROGRESS = 0.05;
const MIN_SECONDS = 5;
const MAX_NAME_BYTES = 72;
/** Of a line that is kept to be repeated if the step fails. The reference has no bound. */
const MAX_RECENT_BYTES = 64 << 10;
/** Of lines that go on, kept to be shown again: of one, and of all steps. The reference has no bound. */
const MAX_OPEN_BYTES = 1 << 20;
const MAX_ALL_OPEN_BYTES = 4 << 20;
/** The end of an open line that is beyond those bounds. */
const OPEN_END_BYTES = 1 << 10;

/** What has been printed, and what is yet to be written. */
export interface Printer {
  /** Digest of the step in front; empty when none is open. */
  current: string;
  nextIndex: number;
  /** Whether a name has been printed. */
  begun: boolean;
  /** The first line, if any. */
  readonly title: string;
  readonly truncateNames: boolean;
  /** What was last shown of each transfer, by its id alone, as the reference does. */
  readonly shown: Map<string, VertexStatus>;
  text: string;
}

/** Brings a step to the front, and prints what is new of it. */
export function printVertex(printer: Printer, trace: Trace, digest: string): void {
  const vertex = trace.byDigest.get(digest);
  if (!vertex) return;
  // The one in front may be new too: a group can take the place of a step.
  if (vertex.index === 0) vertex.index = ++printer.nextIndex;
  if (digest !== printer.current) switchTo(printer, trace, vertex);
  const open = printTransfers(printer, vertex);
  for (const warning of vertex.warnings) printer.text += `#${vertex.index} WARN: ${warning}\n`;
  vertex.warnings = [];
  printLogs(printer, trace, vertex);
  printer.current = digest;
  if (isCompleted(vertex) && !open) printEnd(printer, vertex);
  trace.updates.delete(digest);
}

function switchTo(printer: Printer, trace: Trace, vertex: TracedVertex): void {
  const old = printer.current === "" ? undefined : trace.byDigest.get(printer.current);
  if (old) {
    if (old.logsPartial) printer.text += "\n";
    old.logsOffset = 0;
    old.count = 0;
    printer.text += `#${old.index} ...\n`;
  }
  if (printer.begun) printer.text += "\n";
  else if (printer.title !== "") printer.text += `#0 ${printer.title}\n\n`;
  printer.begun = true;
  const { name } = vertex;
  const cut = printer.truncateNames && name.length > MAX_NAME_BYTES;
  printer.text += `#${vertex.index} ${cut ? `${name.slice(0, MAX_NAME_BYTES)}...` : name}\n`;
}

/** Whether any that was printed goes on: a step may be complete before its transfers are. */
function printTransfers(printer: Printer, vertex: TracedVertex): boolean {
  let open = false;
  for (const id of vertex.startedTransfers) {
    const transfer = vertex.transfers.get(id);
    if (!transfer || !vertex.transferUpdates.has(id) || !isWorthShowing(transfer, printer.shown.get(id)))
      continue;
    if (printer.shown.size < MAX_ENTRIES || printer.shown.has(id)) printer.shown.set(id, transfer);
    open ||= transfer.completedNs === undefined;
    printer.text += `#${vertex.index} ${formatTransfer(transfer)}\n`;
  }
  vertex.transferUpdates.clear();
  return open;
}

function isWorthShowing(transfer: VertexStatus, last: VertexStatus | undefined): boolean {
  if (!last || transfer.completedNs !== undefined) return true;
  const progress = transfer.total > 0 ? (transfer.current - last.current) / transfer.total : 0;
  if (progress >= MIN_PROGRESS) return true;
  return secondsBetween(last.timestampNs ?? 0n, transfer.timestampNs ?? 0n) >= MIN_SECONDS;
}

function formatTransfer({ id, current, total, timestampNs, startedNs, completedNs }: VertexStatus): string {
  let text = toByteText(id);
  if (total !== 0) text += ` ${formatBytes(current)} / ${formatBytes(total)}`;
  else if (current !== 0) text += ` ${formatBytes(current)}`;
  const seconds = startedNs === undefined ? 0 : secondsBetween(startedNs, completedNs ?? timestampNs ?? 0n);
  if (seconds > 0.01) text += ` ${toFixedEven(seconds, 1)}s`;
  return completedNs === undefined ? text : `${text} done`;
}

function printLogs(printer: Printer, trace: Trace, vertex: TracedVertex): void {
  const { logs, index } = vertex;
  const lines: string[] = [];
  for (const [at, whole] of logs.entries()) {
    const resumed = at === 0 && vertex.logsOffset !== 0;
    const line = resumed ? whole.slice(vertex.logsOffset) : whole;
    const ended = at < logs.length - 1 || !vertex.logsPartial;
    lines.push(`${resumed ? "" : `#${index} `}${line}${ended ? "\n" : ""}`);
    vertex.recent[vertex.recentAt] = copyStart(line);
    if (!vertex.logsPartial) vertex.recentAt = (vertex.recentAt + 1) % RECENT_LINES;
  }
  printer.text += lines.join("");
  for (const line of logs) trace.pendingBytes -= line.length;
  trace.pendingBytes += vertex.openBytes;
  trace.openBytes -= vertex.openBytes;
  const open = vertex.logsPartial ? logs.at(-1) : undefined;
  const kept = open === undefined ? "" : keepOpen(open, trace);
  if (logs.length > 0) vertex.logsOffset = kept.length;
  vertex.openBytes = kept.length;
  trace.openBytes += kept.length;
  vertex.logs = open === undefined ? [] : [kept];
}

/** A line that goes on, or its time and its end. */
function keepOpen(line: string, { openBytes }: Trace): string {
  if (line.length <= MAX_OPEN_BYTES && openBytes + line.length <= MAX_ALL_OPEN_BYTES) return line;
  if (line.length <= 2 * OPEN_END_BYTES) return line;
  const time = line.slice(0, line.indexOf(" ") + 1);
  return copyStart(`${time}...${line.slice(-OPEN_END_BYTES)}`);
}

/** A copy, as a part of a text keeps all of the text in memory. */
function copyStart(line: string): string {
  return Buffer.from(line.slice(0, MAX_RECENT_BYTES), "latin1").toString("latin1");
}

function printEnd(printer: Printer, vertex: TracedVertex): void {
  printer.current = "";
  vertex.count = 0;
  if (vertex.logsPartial) printer.text += "\n";
  printer.text += `#${vertex.index} ${formatOutcome(vertex)}\n`;
}

function formatOutcome(vertex: TracedVertex): string {
  if (isCanceled(vertex)) return "CANCELED";
  if (vertex.error !== "") return `ERROR: ${vertex.error}`;
  if (vertex.cached) return "CACHED";
  let seconds = 0;
  for (const { startNs, stopNs } of vertex.merged) seconds += secondsBetween(startNs, stopNs ?? startNs);
  return `DONE ${toFixedEven(seconds, 1)}s`;
}

/** How much output is missing, if any. The reference keeps all of it. */
export function printDropped(printer: Printer, trace: Trace): void {
  const { droppedLogs: count } = trace;
  if (count === 0) return;
  const inFront = trace.byDigest.get(printer.current);
  const isLineOpen = printer.text === "" ? inFront?.logsPartial === true : !printer.text.endsWith("\n");
  const pieces = count === 1 ? "1 piece of output was" : `${count} pieces of output were`;
  printer.text += `${isLineOpen ? "\n" : ""}... ${pieces} not shown: too much waited to be shown\n`;
}

/** Last lines of the steps that failed. */
export function printFailures(printer: Printer, trace: Trace): void {
  for (const vertex of trace.started) {
    if (vertex.error === "" || isCanceled(vertex)) continue;
    const lines = [
      ...vertex.logs,
      ...vertex.recent.slice(vertex.recentAt),
      ...vertex.recent.slice(0, vertex.recentAt),
    ];
    const shown = lines.filter((line) => line !== undefined).map((line) => `${line}\n`);
    printer.text += `------\n > ${vertex.name}:\n${shown.join("")}------\n`;
  }
}
