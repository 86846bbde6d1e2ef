// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { createFailureLog } from "../src/failure-log.js";
import { log, SECOND, status, vertex } from "./statuses.js";

const completedNs = 2n * SECOND;

function format(failures: ReturnType<typeof createFailureLog>): string {
  return Buffer.from(failures.format()).toString();
}

test("has the output of steps that failed by themselves, and of no other", () => {
  const failures = createFailureLog();
  failures.update(
    status({ vertexes: [vertex()], logs: [log("one\ntw"), log("other", "b"), log("third", "c")] }),
  );
  failures.update(
    status({
      logs: [log("o")],
      vertexes: [
        vertex({ completedNs, error: "exit code: 1" }),
        vertex({ digest: "b", completedNs, error: "context canceled" }),
        vertex({ digest: "c", completedNs }),
      ],
    }),
  );
  expect(format(failures)).toBe("------\n > [1/2] RUN make:\none\ntwo\n------\n");
});

test("takes output that comes after the failure", () => {
  const failures = createFailureLog();
  failures.update(status({ vertexes: [vertex({ completedNs, error: "exit code: 1" })] }));
  failures.update(status({ logs: [log("late\n")] }));
  expect(format(failures)).toContain("late\n");
});

test("keeps 64 KiB of a step, and says how much is gone", () => {
  const failures = createFailureLog();
  for (let index = 0; index < 100; index++)
    failures.update(status({ logs: [log("x".repeat(9999)), log("\n")] }));
  failures.update(status({ vertexes: [vertex({ completedNs, error: "exit code: 1" })] }));
  expect(format(failures)).toMatch(
    /^------\n > .*:\n\.\.\. 934\.46kB of output before this are not shown\nx/,
  );
  expect(failures.format().length).toBeLessThan(66 << 10);
});

test("forgets the steps that were silent for longest when there are too many", () => {
  const failures = createFailureLog();
  failures.update(status({ logs: [log("first"), log("kept", "b")] }));
  for (let index = 0; index < 127; index++) failures.update(status({ logs: [log("x", `s${index}`)] }));
  failures.update(status({ logs: [log(" on", "b")] }));
  const error = "exit code: 1";
  failures.update(status({ vertexes: [vertex({ error }), vertex({ digest: "b", name: "b", error })] }));
  expect(format(failures)).toBe("------\n > [1/2] RUN make:\n------\n------\n > b:\nkept on\n------\n");
});
