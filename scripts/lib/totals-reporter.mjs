// SPDX-License-Identifier: Apache-2.0

/** A vitest reporter that counts tests, counts suites that did not load as failed, and keeps skip reasons. */
export function createTotalsReporter() {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const skipReasons = new Map();

  function countTest(test) {
    const result = test.result();
    totals[result.state === "passed" ? "passed" : result.state === "failed" ? "failed" : "skipped"] += 1;
    if (result.state === "passed" || result.state === "failed") return;
    const reason = result.note ?? "marked as skipped in the test file";
    skipReasons.set(reason, (skipReasons.get(reason) ?? 0) + 1);
  }

  return {
    totals,
    /** How many tests were skipped for each reason. */
    skipReasons,
    onTestRunEnd(modules, unhandledErrors) {
      for (const module of modules) {
        for (const test of module.children.allTests()) countTest(test);
        const suites = [...module.children.allSuites()];
        // A hook that threw, or a file that could not be imported: no test stands for it.
        totals.failed += [module, ...suites].filter((suite) => suite.errors().length > 0).length;
      }
      totals.failed += unhandledErrors.length;
    },
  };
}
