// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus } from "@bk/solver";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BuildState, durationNs, EMPTY_BUILD } from "../../src/state/build-state.js";
import { reduceStatus } from "../../src/state/reduce-status.js";
import { anyStatus, log, SECOND, status, vertex } from "../statuses.js";

function reduce(...statuses: readonly SolveStatus[]): BuildState {
  return statuses.reduce(reduceStatus, EMPTY_BUILD);
}

describe("reduceStatus()", () => {
  test("follows a step from its announcement to its end", () => {
    const announced = reduce(status({ vertexes: [vertex({ startedNs: undefined })] }));
    const running = reduceStatus(announced, status({ vertexes: [vertex()] }));
    const done = reduceStatus(running, status({ vertexes: [vertex({ completedNs: 3n * SECOND })] }));

    expect([announced, running, done].map(({ vertexes }) => vertexes[0]?.phase)).toEqual([
      "pending",
      "running",
      "done",
    ]);
    expect(done.vertexes.map((step) => durationNs(step, 9n * SECOND))).toEqual([2n * SECOND]);
    expect(running.vertexes.map((step) => durationNs(step, 9n * SECOND))).toEqual([8n * SECOND]);
  });

  test.each([
    ["cached", { cached: true, completedNs: SECOND }],
    ["failed", { error: "exit code: 1", completedNs: SECOND }],
    ["canceled", { error: "solving: context canceled", completedNs: SECOND }],
  ])("knows a step that was %s", (phase, ended) => {
    expect(reduce(status({ vertexes: [vertex(ended)] })).vertexes).toMatchObject([{ phase }]);
  });

  test("does not take a step back that is announced again", () => {
    const state = reduce(
      status({ vertexes: [vertex()] }),
      status({ vertexes: [vertex({ startedNs: undefined })] }),
    );
    expect(state.vertexes).toMatchObject([{ phase: "running" }]);
  });

  test("keeps the last 20 lines of a step's output, and the one that has no end yet", () => {
    const lines = Array.from({ length: 25 }, (_, index) => `line ${index}\n`).join("");
    const [step] = reduce(
      status({ vertexes: [vertex()] }),
      status({ logs: [log(`${lines}no`), log("t yet")] }),
    ).vertexes;
    expect(step?.logs).toMatchObject({ partial: "not yet", bytes: lines.length + 7 });
    expect(step?.logs.lines).toHaveLength(20);
    expect(step?.logs.lines[0]).toBe("line 5");
  });

  test("lets go of the output of a step that went well, not of one that failed", () => {
    const running = reduce(status({ vertexes: [vertex()], logs: [log("hi\n")] }));
    const done = reduceStatus(running, status({ vertexes: [vertex({ completedNs: 3n * SECOND })] }));
    const failed = reduceStatus(
      running,
      status({ vertexes: [vertex({ completedNs: 3n * SECOND, error: "exit code: 1" })] }),
    );
    expect(done.vertexes[0]?.logs.lines).toEqual([]);
    expect(failed.vertexes[0]?.logs.lines).toEqual(["hi"]);
  });

  test("keeps a transfer as it was last told", () => {
    const transfer = { id: "layer", vertex: "a", name: "", total: 10, current: 1 };
    const times = { timestampNs: SECOND, startedNs: SECOND, completedNs: undefined };
    const [step] = reduce(
      status({ vertexes: [vertex()] }),
      status({ statuses: [{ ...transfer, ...times }] }),
      status({ statuses: [{ ...transfer, ...times, current: 7 }] }),
    ).vertexes;
    expect(step?.transfers).toMatchObject([{ id: "layer", current: 7, total: 10 }]);
  });

  test("takes the steps of a group for one, which is shown when one of them is worth it", () => {
    const group = { id: "g", name: "merging", weak: false };
    const weak = vertex({ digest: "w", progressGroup: { ...group, weak: true }, completedNs: 2n * SECOND });
    const member = vertex({ digest: "m", progressGroup: group, startedNs: 2n * SECOND });

    const hidden = reduce(status({ vertexes: [weak] }));
    const shown = reduceStatus(
      hidden,
      status({ vertexes: [member], logs: [{ ...log("hi\n"), vertex: "m" }] }),
    );

    expect(hidden.vertexes).toMatchObject([{ digest: "g", name: "merging", hidden: true }]);
    expect(shown.vertexes).toMatchObject([{ hidden: false, phase: "running", logs: { lines: ["hi"] } }]);
    expect(shown.vertexes[0]?.intervals).toEqual([{ startNs: SECOND, stopNs: undefined }]);
  });

  test("counts what it has no room for", () => {
    const vertexes = Array.from({ length: 10_010 }, (_, index) => vertex({ digest: String(index) }));
    const state = reduce(status({ vertexes }));
    expect(state.vertexes).toHaveLength(10_000);
    expect(state.dropped).toBe(10);
  });

  test("takes anything that a daemon may send, and leaves the states before as they were", () => {
    fc.assert(
      fc.property(fc.array(anyStatus(), { maxLength: 12 }), (statuses) => {
        let state = EMPTY_BUILD;
        for (const message of statuses) {
          const before = state;
          const copy = structuredClone(before);
          state = reduceStatus(before, message);
          expect(before).toEqual(copy);
        }
        for (const at of state.positions.values()) expect(state.vertexes[at]).toBeDefined();
      }),
    );
  });
});
