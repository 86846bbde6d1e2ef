// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { createFailureContext } from "../../src/failure/failure-context.js";
import type { SolveStatus, Vertex } from "../../src/status/status-types.js";
import { log, status, vertex } from "../status-messages.js";

function feed(...messages: readonly SolveStatus[]) {
  const context = createFailureContext();
  for (const message of messages) context.add(message);
  return context;
}

const failed = (digest: string, error: string): Vertex => vertex({ digest, error, completedNs: 2n });

describe("createFailureContext()", () => {
  test("tells the failed step with its last output", () => {
    const context = feed(
      status({ vertexes: [vertex({ digest: "a", name: "[1/1] RUN a" })], logs: [log("a", "one\n")] }),
      status({ logs: [log("a", "two\n")], vertexes: [failed("a", "exit code: 1")] }),
    );
    expect(context.failedVertex()).toEqual({
      digest: "a",
      name: "[1/1] RUN a",
      error: "exit code: 1",
      logs: ["one", "two"],
    });
  });

  test("prefers the step that failed by itself to those that were canceled with it", () => {
    const context = feed(
      status({ vertexes: [failed("a", "failed to solve: context canceled"), failed("b", "exit code: 7")] }),
    );
    expect(context.failedVertex()?.digest).toBe("b");
  });

  test("prefers the step that is asked for, if it was ever seen", () => {
    const context = feed(status({ vertexes: [failed("a", "x"), failed("b", "y")] }));
    expect(context.failedVertex("b")?.error).toBe("y");
    expect(context.failedVertex("unseen")?.digest).toBe("a");
  });

  test("knows nothing of a build in which nothing failed", () => {
    expect(
      feed(status({ vertexes: [vertex({ digest: "a", completedNs: 1n })] })).failedVertex(),
    ).toBeUndefined();
  });

  test("lets go of output when a step succeeds, also of output that comes late", () => {
    const context = feed(
      status({ vertexes: [vertex({ digest: "a" })], logs: [log("a", "secret\n")] }),
      status({ vertexes: [vertex({ digest: "a", completedNs: 1n })] }),
      status({ logs: [log("a", "late\n")] }),
    );
    expect(context.failedVertex("a")?.logs).toEqual([]);
  });

  test("takes up a step again that runs a second time", () => {
    const context = feed(
      status({ vertexes: [vertex({ digest: "a", completedNs: 1n })] }),
      status({ vertexes: [vertex({ digest: "a" })], logs: [log("a", "again\n")] }),
    );
    // Logs of a message are taken before its vertexes, so the step's restart counts from the next message on.
    context.add(status({ logs: [log("a", "more\n")] }));
    expect(context.failedVertex("a")?.logs).toEqual(["more"]);
  });

  test("keeps the failure while more steps pass by than it holds", () => {
    const context = feed(status({ logs: [log("bad", "why\n")], vertexes: [failed("bad", "x")] }));
    for (let index = 0; index < 20_000; index++) {
      context.add(
        status({ vertexes: [vertex({ digest: `v${index}` })], logs: [log(`v${index}`, "noise\n")] }),
      );
    }
    expect(context.failedVertex()).toMatchObject({ digest: "bad", error: "x", logs: ["why"] });
    expect(context.failedVertex("v0")?.digest).toBe("bad");
  });
});
