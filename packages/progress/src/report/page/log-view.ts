// SPDX-License-Identifier: Apache-2.0
import { formatBytes, formatCount } from "../format.js";
import { parseAnsi, type StyledText } from "./ansi.js";
import { element } from "./dom.js";

/** Of a longer log, the last lines are shown at first. */
const MAX_LINES = 3000;
const BLOCK_LINES = 100;

type Line = readonly StyledText[];

/** The output of a step, with a field to search in it. */
export function createLogView(log: string, leftOut: number): HTMLElement {
  const view = element("section", { class: "log-view" });
  const title = element("h3", {}, "Output");
  if (log === "" && leftOut === 0) {
    view.append(title, element("p", { class: "empty" }, "The step wrote nothing."));
    return view;
  }
  const all = parseAnsi(log);
  const lines = element("div", { class: "log", role: "region", "aria-label": "Output", tabindex: 0 });
  const more = element("p", { class: "more" });
  let rows: readonly HTMLElement[] = [];
  const showFrom = (first: number) => {
    rows = createRows(all, first);
    lines.replaceChildren(...createBlocks(rows));
    more.hidden = first === 0;
  };
  const showAll = element("button", { type: "button" }, `Show all ${formatCount(all.length, "line")}`);
  showAll.addEventListener("click", () => showFrom(0));
  more.append(`The last ${formatCount(MAX_LINES, "line")} are shown. `, showAll);
  const note = element("p", { class: "more" }, `The first ${formatBytes(leftOut)} were not kept.`);
  note.hidden = leftOut === 0;
  showFrom(Math.max(0, all.length - MAX_LINES));
  const search = createSearch(all, () => {
    if (!more.hidden) showFrom(0);
    return rows;
  });
  view.append(element("div", { class: "log-head" }, title, search), note, more, lines);
  return view;
}

function createRows(all: readonly Line[], first: number): readonly HTMLElement[] {
  return all
    .slice(first)
    .map((pieces, index) =>
      element(
        "div",
        { class: "log-line", "data-number": first + index + 1 },
        element(
          "span",
          { class: "log-text" },
          ...pieces.map(createPiece),
          pieces.length === 0 ? "\n" : undefined,
        ),
      ),
    );
}

/** The browser lays out only the blocks that are in view. */
function createBlocks(rows: readonly HTMLElement[]): readonly HTMLElement[] {
  const blocks: HTMLElement[] = [];
  for (let at = 0; at < rows.length; at += BLOCK_LINES)
    blocks.push(element("div", { class: "log-block" }, ...rows.slice(at, at + BLOCK_LINES)));
  return blocks;
}

function createPiece({ text, classes }: StyledText): Node {
  if (classes.length === 0) return document.createTextNode(text);
  return element("span", { class: classes.map((name) => `ansi-${name}`).join(" ") }, text);
}

/** `showAll` gives the row of each line. */
function createSearch(all: readonly Line[], showAll: () => readonly HTMLElement[]): HTMLElement {
  const field = element("input", {
    type: "search",
    placeholder: "Search output",
    "aria-label": "Search output",
  });
  const status = element("span", { class: "matches", role: "status" });
  let matches: readonly HTMLElement[] = [];
  let current = -1;

  function find(): void {
    const text = field.value.toLowerCase();
    for (const row of matches) row.classList.remove("found", "current");
    matches = text === "" ? [] : showAll().filter((_row, at) => textOf(all[at] ?? []).includes(text));
    for (const row of matches) row.classList.add("found");
    current = -1;
    status.textContent = text === "" ? "" : formatCount(matches.length, "line");
    if (matches.length > 0) go(1);
  }

  function go(by: number): void {
    if (matches.length === 0) return;
    matches[current]?.classList.remove("current");
    current = (current + by + matches.length) % matches.length;
    const row = matches[current];
    row?.classList.add("current");
    row?.scrollIntoView({ block: "center" });
    status.textContent = `${current + 1} of ${formatCount(matches.length, "line")}`;
  }

  field.addEventListener("input", find);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
  });
  return element("div", { class: "search" }, status, field);
}

function textOf(pieces: Line): string {
  return pieces
    .map(({ text }) => text)
    .join("")
    .toLowerCase();
}
