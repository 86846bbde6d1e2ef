// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyStatus, status, vertex } from "../statuses.js";
import { at, failedBuild, smallBuild, toReport, toStatuses } from "./sample-builds.js";

describe("toReportData()", () => {
  const report = smallBuild();
  const step = (command: string) => report.steps.find((each) => each.command.startsWith(command));

  test("tells how the build ended, when, and how long it took", () => {
    expect(report).toMatchObject({
      title: "shop/frontend:1.4.2",
      outcome: "completed",
      startedAt: "2026-03-14T09:26:53.000Z",
      wallMs: 16_300,
      failure: undefined,
    });
    expect(report.totals).toMatchObject({ steps: 13, phases: { ran: 12, cached: 1, failed: 0 } });
  });

  test("has the steps of each stage together, with times from the start", () => {
    expect(report.groups.map(({ name, count }) => `${name} ${count}`)).toEqual([
      "Preparation 3",
      "deps 3",
      "build 3",
      "stage-2 3",
      "Export 1",
    ]);
    expect(step("RUN npm ci")).toMatchObject({ number: "3/3", intervals: [[4400, 12_700]], tookMs: 8300 });
    expect(step("WORKDIR")).toMatchObject({ phase: "cached" });
  });

  test("names inputs by their place, and marks the critical path", () => {
    const [deps, final] = [step("RUN npm ci"), step("COPY --from=deps")];
    expect(final?.inputs.map((input) => report.steps[input])).toEqual([deps]);
    expect([deps, final, step("RUN npm run build")].map((each) => each?.isCritical)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("gives transfers their rates, where there is one", () => {
    const transfers = step("FROM")?.transfers;
    expect(transfers?.[0]).toMatchObject({ bytes: 29_100_000, tookMs: 1450, isDone: true });
    expect(transfers?.[0]?.bytesPerSecond).toBeCloseTo(29_100_000 / 1.45);
    expect(transfers?.[2]).toMatchObject({ bytes: 0, bytesPerSecond: undefined });
  });

  test("names the step of a warning, and only links that lead to a page", () => {
    const [warning] = report.warnings;
    expect(warning?.text).toMatch(/^JSONArgsRecommended/);
    expect(report.steps[warning?.step ?? -1]?.command).toBe("load build definition from Dockerfile");
    const hostile = {
      vertex: "a",
      level: 1,
      short: "x",
      detail: [],
      url: "javascript:alert(1)",
      source: undefined,
      sourceInfo: undefined,
      ranges: [],
    };
    expect(toReport([status({ warnings: [hostile] })]).warnings[0]?.url).toBeUndefined();
  });

  test("has the failure with its source and the last output of the step", () => {
    const { failure, steps, totals } = failedBuild();
    expect(failure).toMatchObject({ command: "RUN npm run build -- --minify", exitCode: 2 });
    expect(failure?.sources[0]).toMatchObject({ filename: "Dockerfile", line: 12 });
    expect(failure?.lastLines.at(-1)).toBe("Found 2 errors.");
    expect(steps[failure?.step ?? -1]?.phase).toBe("failed");
    expect(totals.phases).toMatchObject({ failed: 1, canceled: 1, pending: 1 });
  });

  test("takes the error of a step when nothing else tells why the build failed", () => {
    const statuses = toStatuses({ a: { name: "[1/1] RUN false", from: 0, to: 5, error: "exit code: 1" } });
    expect(toReport(statuses, { outcome: "failed" }).failure).toMatchObject({
      message: "exit code: 1",
      command: "RUN false",
      step: 0,
    });
  });

  test("lets steps of an interrupted build run until the last that was told", () => {
    const statuses = toStatuses({
      a: { name: "[1/2] RUN sleep", from: 0 },
      b: { name: "[2/2] RUN true", from: 0, to: 700 },
    });
    const { steps, failure } = toReport(statuses, { outcome: "interrupted" });
    expect(steps[0]).toMatchObject({ phase: "unfinished", intervals: [[0, 700]] });
    expect(failure).toBeUndefined();
  });

  test("leaves out what a step did for another build, before this one began", () => {
    const statuses = toStatuses({
      def: { name: "[internal] load build definition from Dockerfile", from: 5000, to: 5100 },
      earlier: { name: "[a 1/2] COPY . .", from: 0, to: 60 },
      shared: { name: "[a 2/2] RUN make", from: 70, to: 9000, inputs: ["earlier"] },
    });
    const { wallMs, startedAt, steps, criticalPath } = toReport(statuses);
    expect({ wallMs, startedAt }).toEqual({ wallMs: 4000, startedAt: "2026-03-14T09:26:58.000Z" });
    expect(steps.map(({ phase, intervals, tookMs }) => ({ phase, intervals, tookMs }))).toEqual([
      { phase: "ran", intervals: [[0, 100]], tookMs: 100 },
      { phase: "ran", intervals: [], tookMs: 0 },
      { phase: "ran", intervals: [[0, 4000]], tookMs: 4000 },
    ]);
    expect(criticalPath.ms).toBe(4000);
    const later = toReport(statuses, {
      outcome: "completed",
      startedAt: new Date(Number(at(5050) / 1_000_000n)),
    });
    expect(later.wallMs).toBe(3950);
  });

  test("says how much output of a step was left out, and begins with a whole line", () => {
    const log = `${"x".repeat(99)}\n`.repeat(4000);
    const [step] = toReport(toStatuses({ a: { name: "a", from: 0, to: 1, log } })).steps;
    expect(step?.log).toMatch(/^x{99}\n/);
    expect((step?.log.length ?? 0) + 1 + (step?.logLeftOut ?? 0)).toBe(400_000);
  });

  test("joins the output of the steps of a group, and leaves groups out that are not worth showing", () => {
    const group = { id: "g", name: "unpack", weak: false };
    const { steps } = toReport([
      status({
        vertexes: [
          vertex({ digest: "m1", progressGroup: group, startedNs: at(0), completedNs: at(1) }),
          vertex({ digest: "m2", progressGroup: group, startedNs: at(2), completedNs: at(3) }),
          vertex({ digest: "w", progressGroup: { id: "h", name: "hidden", weak: true } }),
        ],
        logs: ["m1", "m2"].map((each) => ({
          ...{ vertex: each, stream: 1, timestampNs: at(1) },
          data: Buffer.from(`${each}\n`),
        })),
      }),
    ]);
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({
      command: "unpack",
      log: "m1\nm2",
      intervals: [
        [0, 1],
        [2, 3],
      ],
    });
  });

  test("has no control characters in names", () => {
    const [step] = toReport(
      toStatuses({ a: { name: "[1/1] RUN \x1b[31mecho\x1b[0m\n\x07", from: 0, to: 1 } }),
    ).steps;
    expect(step?.command).toBe("RUN echo ");
  });

  test("never throws, and survives JSON, whatever a daemon sends", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        fc.array(anyStatus(), { maxLength: 4 }),
        fc.constantFrom("completed", "failed", "interrupted"),
        (all, outcome) => {
          const data = toReport(all, { outcome: outcome as "completed" });
          const numbers = data.steps.flatMap((each) => [each.tookMs, ...each.intervals.flat()]);
          expect(numbers.every(Number.isFinite)).toBe(true);
          JSON.parse(JSON.stringify(data));
        },
      ),
      // To make up a build takes longer than to report on it.
      { numRuns: 25 },
    );
  });
});
