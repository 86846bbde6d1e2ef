// SPDX-License-Identifier: Apache-2.0
import { formatBytes, formatCount } from "../format.js";
import { parseAnsi, type StyledText } from "./ansi.js";
import { element } from "./dom.js";

/** Of a longer log, the last lines are shown at first. */
const MAX_LINES = 3000;
const BLOCK_LINES = 100;

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
  const showFrom = (first: number) => {
    lines.replaceChildren(...createBlocks(all, first));
    more.hidden = first === 0;
  };
  const showAll = element("button", { type: "button" }, `Show all ${formatCount(all.length, "line")}`);
  showAll.addEventListener("click", () => showFrom(0));
  more.append(`The last ${formatCount(MAX_LINES, "line")} are shown. `, showAll);
  const note = element("p", { class: "more" }, `The first ${formatBytes(leftOut)} were not kept.`);
  note.hidden = leftOut === 0;
  showFrom(Math.max(0, all.length - MAX_LINES));
  const search = createSearch(all, lines, () => {
    if (!more.hidden) showFrom(0);
  });
  view.append(element("div", { class: "log-head" }, title, search), note, more, lines);
  return view;
}

function createBlocks(all: readonly (readonly StyledText[])[], first: number): readonly HTMLElement[] {
  const blocks: HTMLElement[] = [];
  for (let at = first; at < all.length; at += BLOCK_LINES) {
    const rows = all
      .slice(at, at + BLOCK_LINES)
      .map((pieces, index) =>
        element(
          "div",
          { class: "log-line", "data-number": at + index + 1 },
          element(
            "span",
            { class: "log-text" },
            ...pieces.map(createPiece),
            pieces.length === 0 ? "\n" : undefined,
          ),
        ),
      );
    blocks.push(element("div", { class: "log-block" }, ...rows));
  }
  return blocks;
}

function createPiece({ text, classes }: StyledText): Node {
  if (classes.length === 0) return document.createTextNode(text);
  return element("span", { class: classes.map((name) => `ansi-${name}`).join(" ") }, text);
}

function createSearch(
  all: readonly (readonly StyledText[])[],
  lines: HTMLElement,
  showAll: () => void,
): HTMLElement {
  const field = element("input", {
    type: "search",
    placeholder: "Search output",
    "aria-label": "Search output",
  });
  const status = element("span", { class: "matches", role: "status" });
  let matches: readonly number[] = [];
  let current = -1;

  function find(): void {
    const text = field.value.toLowerCase();
    if (text !== "") showAll();
    matches = text === "" ? [] : [...all.keys()].filter((at) => textOf(all[at] ?? []).includes(text));
    for (const row of lines.querySelectorAll(".found")) row.classList.remove("found", "current");
    for (const at of matches) rowAt(at)?.classList.add("found");
    current = -1;
    status.textContent = text === "" ? "" : formatCount(matches.length, "line");
    if (matches.length > 0) go(1);
  }

  function go(by: number): void {
    if (matches.length === 0) return;
    rowAt(matches[current] ?? -1)?.classList.remove("current");
    current = (current + by + matches.length) % matches.length;
    const row = rowAt(matches[current] ?? -1);
    row?.classList.add("current");
    row?.scrollIntoView({ block: "center" });
    status.textContent = `${current + 1} of ${formatCount(matches.length, "line")}`;
  }

  const rowAt = (at: number) => lines.querySelector(`[data-number="${at + 1}"]`);
  field.addEventListener("input", find);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
  });
  return element("div", { class: "search" }, status, field);
}

function textOf(pieces: readonly StyledText[]): string {
  return pieces
    .map(({ text }) => text)
    .join("")
    .toLowerCase();
}
