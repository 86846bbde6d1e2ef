// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus, Vertex, VertexStatus } from "@bk/solver";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createProgressEvents, type ProgressEvent } from "../../src/estimate/progress-events.js";
import { anyStatus, SECOND, status, vertex } from "../statuses.js";

const START_MS = 1_000;

/** Events of a build whose messages come at times in seconds after its start. */
function follow(loads = false) {
  const events: ProgressEvent[] = [];
  let nowMs = START_MS;
  const progress = createProgressEvents((event) => events.push(event), { loads, now: () => nowMs });
  return {
    events,
    progress,
    at(seconds: number, part: Partial<SolveStatus>) {
      nowMs = START_MS + seconds * 1000;
      progress.update(status(part));
    },
    phases: () =>
      events.flatMap((event) => (event.type === "phase" ? [`${event.phase} ${event.state}`] : [])),
    fractions: () => events.flatMap((event) => (event.type === "progress" ? [event.fraction] : [])),
  };
}

/** A step that ran from one second to another. */
function step(name: string, from?: number, to?: number): Vertex {
  const at = (seconds: number | undefined) =>
    seconds === undefined ? undefined : SECOND + BigInt(seconds * 1e9);
  return vertex({ digest: name, name, startedNs: at(from), completedNs: at(to) });
}

function transfer(id: string, vertexName: string, done: boolean): VertexStatus {
  const completedNs = done ? 2n * SECOND : undefined;
  return {
    id,
    vertex: vertexName,
    name: "",
    current: 5,
    total: 10,
    timestampNs: SECOND,
    startedNs: SECOND,
    completedNs,
  };
}

const FROM = "[1/3] FROM docker.io/library/alpine";
const [MAKE, INSTALL] = ["[2/3] RUN make", "[3/3] RUN make install"];
const EXPORT = "exporting to docker image format";

describe("phases", () => {
  test("start and complete in the order of the build", () => {
    const build = follow(true);
    build.progress.updateSent({ dir: "dockerfile", scanned: true, done: true });
    build.at(0, { vertexes: [step(FROM, 0), step(MAKE), step(INSTALL)] });
    build.progress.updateSent({ dir: "context", scanned: false, done: false });
    build.progress.updateSent({ dir: "context", scanned: true, done: true });
    build.at(1, { vertexes: [step(FROM, 0, 1), step(MAKE, 1)] });
    build.at(2, { vertexes: [step(MAKE, 1, 2), step(INSTALL, 2)] });
    build.at(3, { vertexes: [step(INSTALL, 2, 3), step(EXPORT, 3)] });
    build.at(4, { statuses: [transfer("sending tarball", EXPORT, false)] });
    build.progress.complete();
    expect(build.phases()).toEqual([
      "pull started",
      "scan started",
      "transfer started",
      "scan completed",
      "transfer completed",
      "pull completed",
      "run started",
      "run completed",
      "export started",
      "load started",
      "export completed",
      "load completed",
    ]);
  });

  test("tell a push from an export, and a tar in a file from a load", () => {
    const build = follow();
    build.at(0, {
      vertexes: [step(EXPORT, 0)],
      statuses: [transfer("sending tarball", EXPORT, true), transfer("pushing layers", EXPORT, true)],
    });
    expect(build.phases()).toEqual(["export started", "push started", "push completed"]);
  });

  test("do not come with steps that are cached", () => {
    const build = follow();
    build.at(0, { vertexes: [FROM, MAKE].map((name) => ({ ...step(name, 0, 0), cached: true })) });
    expect(build.phases()).toEqual([]);
  });
});

describe("the fraction", () => {
  test("grows with the steps that are done, and is 1 at the end only", () => {
    const build = follow();
    build.at(0, { vertexes: [step(MAKE, 0), step(INSTALL)] });
    build.at(4, { vertexes: [step(MAKE, 0, 4), step(INSTALL, 4)] });
    build.at(8, { vertexes: [step(INSTALL, 4, 8), step(EXPORT, 8, 9)] });
    const fractions = build.fractions();
    expect(fractions).toHaveLength(3);
    expect(fractions[1]).toBeCloseTo(0.42, 1);
    expect(fractions[2]).toBe(0.99);
    build.progress.complete();
    expect(build.events.at(-1)).toEqual({ type: "progress", fraction: 1, remainingMs: 0 });
  });

  test("follows the amounts of a transfer", () => {
    const build = follow();
    build.at(0, { vertexes: [step(EXPORT, 0)] });
    build.at(5, { vertexes: [step(MAKE, 0, 0.1)], statuses: [transfer("layer", EXPORT, false)] });
    expect(build.fractions().at(-1)).toBeCloseTo(0.5, 1);
    expect(build.events.at(-1)).toMatchObject({ remainingMs: expect.closeTo(5000, -3) });
  });

  test("says nothing of what is left before there is a plan", () => {
    const build = follow();
    build.at(3, { vertexes: [step("[internal] load build definition from Dockerfile", 0, 3)] });
    expect(build.events).toMatchObject([{ type: "progress", remainingMs: undefined }]);
  });

  test("never falls, whatever a daemon sends", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyStatus(), fc.nat(10))), (messages) => {
        const build = follow();
        for (const [message, seconds] of messages) build.at(seconds, message);
        build.progress.complete();
        const fractions = build.fractions();
        expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
        expect(fractions.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
      }),
    );
  });
});
