// SPDX-License-Identifier: Apache-2.0
// `npm test`: install, build, check, run every test, and end with one line of totals.
import { bootstrap } from "./bootstrap.mjs";
import { runChecks } from "./check.mjs";
import { prepareTestBrowser } from "./lib/test-browser.mjs";
import { prepareTestEngine } from "./lib/test-engine.mjs";
import { createTotalsReporter } from "./lib/totals-reporter.mjs";
import { root } from "./lib/workspace.mjs";

async function runTests() {
  // Only now: before the bootstrap there is no vitest.
  const { startVitest } = await import("vitest/node");
  const reporter = createTotalsReporter();
  const vitest = await startVitest("test", process.argv.slice(2), {
    root,
    watch: false,
    reporters: [process.stdout.isTTY ? "default" : "dot", reporter],
  });
  await vitest.close();
  return reporter;
}

async function main() {
  if (!(await bootstrap())) return { passed: 0, failed: 1, skipped: 0 };
  const checks = await runChecks();
  const engine = await prepareTestEngine();
  console.log(engine.notice);
  const browser = await prepareTestBrowser();
  console.log(browser.notice);
  const { totals, skipReasons } = await runTests();
  for (const [reason, count] of skipReasons) console.log(`skipped ${count}: ${reason}`);
  return {
    passed: totals.passed + checks.passed,
    failed: totals.failed + checks.failed + [engine, browser].filter((each) => each.failed).length,
    skipped: totals.skipped,
  };
}

const { passed, failed, skipped } = await main();
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
// Nothing that a test left running may keep the run open.
process.exit(failed === 0 ? 0 : 1);
