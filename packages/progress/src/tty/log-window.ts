// SPDX-License-Identifier: Apache-2.0
import { toPlainLine } from "@bk/solver";
import { toTerminalLine } from "../log-text.js";
import type { VertexState } from "../state/build-state.js";
import type { Line } from "./format-entry.js";
import { cutText } from "./text-width.js";

const PREFIX = " => => # ";

/** The last lines of a step's output that say something, each cut to one line of the screen. */
export function formatLogWindow(
  { logs }: VertexState,
  view: { readonly columns: number; readonly maxLines: number; readonly colors: boolean },
): readonly Line[] {
  const room = Math.max(view.columns - 1 - PREFIX.length, 0);
  const lines: Line[] = [];
  for (const bytes of [...logs.lines, logs.partial].reverse()) {
    if (lines.length === view.maxLines) break;
    const safe = toTerminalLine(Buffer.from(bytes, "latin1"));
    const { text, width } = cutText(view.colors ? safe : toPlainLine(safe), room);
    if (width > 0 && text.trim() !== "") lines.push({ text: PREFIX + text, timer: "", color: "faint" });
  }
  return lines.reverse();
}
