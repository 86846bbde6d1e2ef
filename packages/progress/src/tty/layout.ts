// SPDX-License-Identifier: Apache-2.0
import { toPlainLine } from "@bk/solver";
import { toFixedEven } from "../numbers.js";
import type { BuildState, VertexState } from "../state/build-state.js";
import { type Entry, listEntries } from "./entry.js";
import { fitEntries } from "./fit-entries.js";
import { formatEntry, type Line } from "./format-entry.js";
import { formatLogWindow } from "./log-window.js";
import { cutText, textWidth } from "./text-width.js";

export interface View {
  readonly columns: number;
  readonly rows: number;
  /** The time on the daemon's clock. */
  readonly nowNs: bigint;
  /** When the build began; undefined before its first step. */
  readonly startNs: bigint | undefined;
  /** Lines of output that are shown of a step that runs. */
  readonly logLines: number;
  /** Whether output keeps its colours. */
  readonly colors: boolean;
  /** Stands at the right of the first line. */
  readonly title: string;
}

/** Below the first line and above the cursor's. */
const RESERVED_ROWS = 2;
/** Room that has to be left beyond a window of output. */
const ROWS_BESIDE_WINDOW = 3;
/** Of a build that has ended. */
const MAX_FINAL_LINES = 2_000;

/** A build that runs: never more lines than the screen has above the cursor's. */
export function layoutBuild(state: BuildState, view: View): readonly Line[] {
  const maxLines = view.rows - RESERVED_ROWS;
  if (maxLines < 0) return [];
  const entries = listEntries(state);
  const windows = openWindows(entries, view, maxLines);
  const used = [...windows.values()].reduce((sum, lines) => sum + lines.length, 0);
  const shown = fitEntries(entries, maxLines - used);
  return [
    formatHeader(state, view, false),
    ...shown.flatMap((entry) => [
      formatEntry(entry, view.columns, view.nowNs),
      ...(windows.get(entry) ?? []),
    ]),
  ];
}

/** A build that has ended: all of its steps, or the last 2,000 lines. Nothing of one that has told nothing. */
export function layoutEnded(state: BuildState, view: View): readonly Line[] {
  if (state.vertexes.length === 0) return [];
  const entries = listEntries(state);
  const shown = fitEntries(entries, MAX_FINAL_LINES);
  const lines = shown.map((entry) => formatEntry(entry, view.columns, view.nowNs));
  const left = entries.length - shown.length;
  const note = cutText(` => ... ${left} more`, Math.max(view.columns - 1, 0)).text;
  return [
    formatHeader(state, view, true),
    ...(left > 0 ? [{ text: note, timer: "", color: undefined }] : []),
    ...lines,
  ];
}

/** Windows of output for the steps that print most, as far as there is room beside all that runs. */
function openWindows(
  entries: readonly Entry[],
  view: View,
  maxLines: number,
): ReadonlyMap<Entry, readonly Line[]> {
  const running = entries.filter(({ isRunning }) => isRunning);
  const talking = running
    .filter((entry) => entry.kind === "step")
    .filter(({ vertex }) => vertex.logs.bytes > 0)
    .sort((a, b) => b.vertex.logs.bytes - a.vertex.logs.bytes);
  const windows = new Map<Entry, readonly Line[]>();
  let free = maxLines - running.length;
  for (const entry of talking) {
    if (free <= view.logLines + ROWS_BESIDE_WINDOW) break;
    const { columns, colors, logLines: maxWindowLines } = view;
    const lines = formatLogWindow(entry.vertex, { columns, colors, maxLines: maxWindowLines });
    windows.set(entry, lines);
    free -= lines.length;
  }
  return windows;
}

/** `[+] Building 3.2s (5/8)` */
function formatHeader({ vertexes }: BuildState, view: View, ended: boolean): Line {
  const counted = vertexes.filter(({ hidden }) => !hidden);
  const completed = counted.filter(isCompleted).length;
  const seconds = view.startNs === undefined ? 0 : Number(view.nowNs - view.startNs) / 1e9;
  const finished = ended && completed > 0 && completed === counted.length ? " FINISHED" : "";
  const text = `[+] Building ${toFixedEven(Math.max(seconds, 0), 1)}s (${completed}/${counted.length})${finished}`;
  const room = Math.max(view.columns - 1, 0);
  const title = toPlainLine(view.title);
  const hasRoom = title !== "" && text.length + 1 + textWidth(title) <= room;
  return { text: cutText(text, room).text, timer: hasRoom ? title : "", color: undefined };
}

function isCompleted({ phase, intervals }: VertexState): boolean {
  return phase !== "pending" && phase !== "running" && intervals.at(-1)?.stopNs !== undefined;
}
