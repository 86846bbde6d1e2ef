// SPDX-License-Identifier: Apache-2.0
import type { Writable } from "node:stream";
import type { SolveStatus, Vertex, VertexLog, VertexStatus, VertexWarning } from "@bk/solver";
import { createLineSplitter, type LineSplitter, toSafeText } from "./log-text.js";

/** Text that may wait in an output that nobody reads; beyond it lines are dropped and counted. */
const MAX_QUEUED_CHARS = 4 << 20;
/** Steps, and transfers within them, that are shown: a daemon may invent any number. */
const MAX_STEPS = 10_000;

interface Step {
  readonly number: number;
  readonly output: LineSplitter;
  /** When the last of its output came. */
  lastLogNs: bigint | undefined;
  startedNs: bigint | undefined;
  /** What the step ended with, until it is shown or the step starts again. */
  ended: Vertex | undefined;
}

export interface PlainProgress {
  update(status: SolveStatus): void;
  /** Shows how the last steps ended, and lets go of the output. */
  end(): void;
}

/**
 * Shows a build as lines of text, as it happens: `#3 [build 2/4] RUN make`, its output, `#3 DONE 1.2s`. What the
 * daemon sends is shown without control characters other than colours. Never throws, never waits for the output.
 */
export function createPlainProgress(output: Writable): PlainProgress {
  const steps = new Map<string, Step>();
  const shownTransfers = new Set<string>();
  const ending = new Set<Step>();
  const { print, close } = createPrinter(output);
  let last: Step | undefined;

  /** Sets lines of another step apart from those before. */
  function open(step: Step): void {
    if (last !== step && last !== undefined) print("");
    last = step;
  }

  function onVertex(vertex: Vertex): void {
    if (vertex.startedNs === undefined && !vertex.cached && vertex.error === undefined) return;
    const step = steps.get(vertex.digest) ?? (steps.size < MAX_STEPS ? startStep(vertex) : undefined);
    if (!step) return;
    const ended = vertex.completedNs !== undefined || vertex.cached || vertex.error !== undefined;
    if (ended) step.startedNs ??= vertex.startedNs;
    step.ended = ended ? vertex : undefined;
    ending.delete(step);
    if (vertex.cached || vertex.error !== undefined) showEnd(step);
    // Other steps may end and start again at once: that end is shown when nothing has come after it.
    else if (ended) ending.add(step);
  }

  function startStep(vertex: Vertex): Step {
    const number = steps.size + 1;
    const step: Step = {
      number,
      output: createLineSplitter(),
      lastLogNs: undefined,
      startedNs: vertex.startedNs,
      ended: undefined,
    };
    steps.set(vertex.digest, step);
    open(step);
    print(`#${number} ${toSafeText(vertex.name)}`);
    return step;
  }

  function showEnd(step: Step): void {
    if (!step.ended) return;
    open(step);
    showLines(step, step.output.flush());
    print(`#${step.number} ${outcome(step.ended, step.startedNs)}`);
  }

  function showEnds(): void {
    for (const step of ending) showEnd(step);
    ending.clear();
  }

  function onTransfer(transfer: VertexStatus): void {
    const step = steps.get(transfer.vertex);
    const key = `${transfer.vertex} ${transfer.id}`;
    if (!step || transfer.completedNs === undefined || shownTransfers.has(key)) return;
    if (shownTransfers.size === MAX_STEPS) return;
    shownTransfers.add(key);
    open(step);
    print(`#${step.number} ${toSafeText(transfer.name || transfer.id)}${formatAmount(transfer)} done`);
  }

  function onLog(log: VertexLog): void {
    const step = steps.get(log.vertex);
    if (!step) return;
    step.lastLogNs = log.timestampNs;
    showLines(step, step.output.split(log.data));
  }

  function showLines(step: Step, lines: readonly string[]): void {
    if (lines.length === 0) return;
    open(step);
    const at = formatSeconds(elapsed(step.startedNs, step.lastLogNs), 3);
    for (const line of lines) print(`#${step.number} ${at} ${line}`);
  }

  function onWarning(warning: VertexWarning): void {
    const number = steps.get(warning.vertex)?.number;
    print(`${number === undefined ? "" : `#${number} `}WARNING: ${toSafeText(warning.short)}`);
  }

  return {
    update(status) {
      const before = [...ending];
      for (const vertex of status.vertexes) onVertex(vertex);
      for (const transfer of status.statuses) onTransfer(transfer);
      for (const log of status.logs) onLog(log);
      for (const warning of status.warnings) onWarning(warning);
      if (before.some((step) => ending.has(step))) showEnds();
    },
    end() {
      showEnds();
      for (const step of steps.values()) showLines(step, step.output.flush());
      close();
    },
  };
}

function outcome(vertex: Vertex, startedNs: bigint | undefined): string {
  if (vertex.error !== undefined) return `ERROR: ${toSafeText(vertex.error)}`;
  if (vertex.cached) return "CACHED";
  return `DONE ${formatSeconds(elapsed(startedNs, vertex.completedNs), 1)}s`;
}

interface Printer {
  print(line: string): void;
  /** Lets go of the output. */
  close(): void;
}

function createPrinter(output: Writable): Printer {
  let dropped = 0;
  const ignore = () => {}; // an output that is gone does not fail the build
  // Many builds may share one output, which makes a listener each no leak.
  output.setMaxListeners(output.getMaxListeners() + 1).on("error", ignore);
  return {
    print(line) {
      if (output.destroyed || output.writableEnded) return;
      if (output.writableLength > MAX_QUEUED_CHARS) {
        dropped++;
        return;
      }
      if (dropped > 0) output.write(`... ${dropped} lines were not shown: the output was too slow\n`);
      dropped = 0;
      output.write(`${line}\n`);
    },
    close() {
      output.off("error", ignore).setMaxListeners(Math.max(output.getMaxListeners() - 1, 0));
    },
  };
}

/** Nanoseconds; 0 where one end is not known. */
function elapsed(fromNs: bigint | undefined, toNs: bigint | undefined): number {
  return fromNs === undefined || toNs === undefined ? 0 : Math.max(0, Number(toNs - fromNs));
}

function formatSeconds(ns: number, digits: number): string {
  return (ns / 1e9).toFixed(digits);
}

function formatAmount({ current }: VertexStatus): string {
  if (current === 0) return "";
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(current) / 3), units.length - 1);
  const amount = current / 1000 ** power;
  return ` ${power === 0 ? amount : amount.toFixed(2)}${units[power]}`;
}
