// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus, Vertex } from "@bk/solver";
import { describe, expect, test } from "vitest";
import { EMPTY_BUILD } from "../../src/state/build-state.js";
import { reduceStatus } from "../../src/state/reduce-status.js";
import { layoutBuild, layoutEnded, type View } from "../../src/tty/layout.js";
import { log, SECOND, status, transfer, vertex } from "../statuses.js";

const VIEW: View = {
  ...{ columns: 60, rows: 24, nowNs: 3n * SECOND, startNs: SECOND },
  ...{ logLines: 6, colors: true, title: "" },
};

function build(...parts: readonly Partial<SolveStatus>[]) {
  return parts.reduce((state, part) => reduceStatus(state, status(part)), EMPTY_BUILD);
}

/** Lines as they stand on a screen. */
function show(state: ReturnType<typeof build>, view: Partial<View> = {}): readonly string[] {
  const all = { ...VIEW, ...view };
  return layoutBuild(state, all).map(({ text, timer }) =>
    timer === "" ? text : text.padEnd(all.columns - 1 - timer.length) + timer,
  );
}

function running(count: number): readonly Vertex[] {
  return Array.from({ length: count }, (_, index) =>
    vertex({ digest: `r${index}`, name: `RUN ${index}`, startedNs: SECOND + BigInt(index) }),
  );
}

describe("layoutBuild()", () => {
  test("counts steps, and shows those that have begun in the order in which they did", () => {
    const state = build({
      vertexes: [
        vertex({ digest: "late", name: "late", startedNs: 2n * SECOND }),
        vertex({ digest: "early", name: "early", completedNs: 2n * SECOND }),
        vertex({ digest: "pending", name: "pending", startedNs: undefined }),
      ],
    });
    const [header, ...steps] = show(state);
    expect(header).toBe("[+] Building 2.0s (1/3)");
    expect(steps.map((line) => line.replace(/ +(?=\d)/, " "))).toEqual([" => early 1.0s", " => late 1.0s"]);
    expect(steps.map(({ length }) => length)).toEqual([59, 59]);
  });

  test("puts the title at the right where there is room", () => {
    const state = build({ vertexes: [vertex()] });
    expect(show(state, { title: "docker:default" })[0]).toMatch(
      /^\[\+\] Building 2\.0s \(0\/1\) +docker:default$/,
    );
    expect(show(state, { title: "docker:default", columns: 30 })[0]).toBe("[+] Building 2.0s (0/1)");
  });

  test.each([
    ["CACHED [1/2] RUN make", "run", { cached: true, completedNs: SECOND }],
    ["ERROR [1/2] RUN make", "error", { completedNs: SECOND, error: "exit code: 1" }],
    ["CANCELED [1/2] RUN make", "cancel", { completedNs: SECOND, error: "x: context canceled" }],
    ["[1/2] RUN make", "run", { completedNs: SECOND }],
    ["[1/2] RUN make", undefined, {}],
  ])("%s in colour %s", (text, color, part) => {
    const [, line] = layoutBuild(build({ vertexes: [vertex(part)] }), VIEW);
    expect(line).toMatchObject({ text: ` => ${text}`, color });
  });

  test("shows the amount of a transfer, and a bar while it runs and where there is room", () => {
    const at = (part: object, columns = 60) =>
      show(build({ vertexes: [vertex()], statuses: [transfer(part)] }), { columns })[2];
    expect(at({})).toMatch(/^ => => layer \[=> {8}\] 1\.00kB \/ 10\.00kB +2\.0s$/);
    expect(at({ total: 0 })).toMatch(/^ => => layer 1\.00kB +2\.0s$/);
    expect(at({ completedNs: 2n * SECOND, current: 10_000 })).toMatch(
      /^ => => layer 10\.00kB \/ 10\.00kB +1\.0s$/,
    );
    expect(at({}, 45)).toMatch(/^ => => layer 1\.00kB \/ 10\.00kB +2\.0s$/);
    expect(at({}, 30)).toMatch(/^ => => layer +2\.0s$/);
    expect(at({ current: 1e6, total: 1 })).toContain("[==========] 1.00MB / 1B");
  });

  test("shows the last output of a running step, safe and without empty lines", () => {
    const lines = Array.from({ length: 9 }, (_, index) => `line ${index}\n`).join("");
    const state = build({
      vertexes: [vertex()],
      logs: [log(`${lines}\n\u001b[2J\u001b]0;title\u0007 50%\r 99%`)],
    });
    expect(show(state).slice(2)).toEqual([
      ...[4, 5, 6, 7, 8].map((index) => ` => => # line ${index}`),
      " => => #  99%",
    ]);
    expect(show(state, { logLines: 2 })).toHaveLength(4);
  });

  test("keeps colours of output, but not with NO_COLOR", () => {
    const state = build({ vertexes: [vertex()], logs: [log("\u001b[31mred\n")] });
    expect(show(state)[2]).toBe(" => => # \u001b[31mred\u001b[0m");
    expect(show(state, { colors: false })[2]).toBe(" => => # red");
  });

  test.each([3, 10, 24, 200])("never takes more than %i rows less the cursor's", (rows) => {
    const done = running(60).map((step) => ({
      ...step,
      digest: `d${step.digest}`,
      completedNs: 2n * SECOND,
    }));
    const state = build({ vertexes: [...done, ...running(50)], logs: [log("output\n", "r49")] });
    expect(show(state, { rows }).length).toBeLessThanOrEqual(rows - 1);
  });

  test("leaves out what is done before what runs", () => {
    const done = running(30).map((step) => ({
      ...step,
      digest: `d${step.digest}`,
      completedNs: 2n * SECOND,
    }));
    const state = build({ vertexes: [...running(5), ...done] });
    const shown = layoutBuild(state, { ...VIEW, rows: 10 }).slice(1);
    expect(shown.filter(({ color }) => color === undefined)).toHaveLength(5);
    expect(shown.filter(({ color }) => color === "run")).toHaveLength(3);
  });

  test.each([1, 2, 5, 12, 20])("fits into %i columns", (columns) => {
    const state = build({ vertexes: [vertex()], statuses: [transfer()], logs: [log("output\n")] });
    for (const line of show(state, { columns })) expect(line.length).toBeLessThan(Math.max(columns, 1));
  });

  test("a screen of one row shows nothing", () => {
    expect(show(build({ vertexes: [vertex()] }), { rows: 1 })).toEqual([]);
  });

  test("a name is one line, without control characters", () => {
    const name = "RUN <<EOF\n\u001b[31mrm\u202e -rf\tx\u0007";
    expect(show(build({ vertexes: [vertex({ name })] }))[1]).toMatch(/^ => RUN <<EOF rm -rf x +2\.0s$/);
  });
});

describe("layoutEnded()", () => {
  test("shows all steps, whatever the screen", () => {
    const vertexes = running(60).map((step) => ({ ...step, completedNs: 2n * SECOND }));
    const lines = layoutEnded(build({ vertexes }), { ...VIEW, rows: 10 });
    expect(lines).toHaveLength(61);
    expect(lines[0]?.text).toBe("[+] Building 2.0s (60/60) FINISHED");
  });

  test("is bounded", () => {
    const vertexes = running(5000).map((step) => ({ ...step, completedNs: 2n * SECOND }));
    const lines = layoutEnded(build({ vertexes }), VIEW);
    expect(lines).toHaveLength(2002);
    expect(lines[1]?.text).toBe(" => ... 3000 more");
  });

  test("shows nothing of a build that told nothing", () => {
    expect(layoutEnded(EMPTY_BUILD, VIEW)).toEqual([]);
  });
});
