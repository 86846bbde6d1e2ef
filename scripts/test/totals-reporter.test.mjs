// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { run } from "../lib/run.mjs";
import { root } from "../lib/workspace.mjs";

let dir;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "bk-totals-"));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Runs the given test files in a process of their own and returns what the reporter counted. */
async function count(files) {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text);
  const script = `
    import { startVitest } from "vitest/node";
    import { createTotalsReporter } from "./scripts/lib/totals-reporter.mjs";
    const reporter = createTotalsReporter();
    const options = { root: ${JSON.stringify(dir)}, config: false, watch: false, globals: true, reporters: [reporter] };
    const vitest = await startVitest("test", [], options);
    await vitest.close();
    console.log("TOTALS" + JSON.stringify({ ...reporter.totals, reasons: [...reporter.skipReasons] }));
    process.exit(0);`;
  const { output } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: root });
  return JSON.parse(output.slice(output.indexOf("TOTALS") + "TOTALS".length));
}

describe("createTotalsReporter()", () => {
  test("counts tests, and a suite that does not load as failed", { timeout: 30_000 }, async () => {
    const totals = await count({
      "mixed.test.js": `
        test("passes", () => {});
        test("fails", () => { throw new Error("no"); });
        test("skips itself", (context) => context.skip("no daemon"));
        test.skip("is skipped", () => {});`,
      "broken.test.js": `import "./missing.js"; test("never runs", () => {});`,
    });
    expect(totals).toEqual({
      passed: 1,
      failed: 2,
      skipped: 2,
      reasons: expect.arrayContaining([
        ["no daemon", 1],
        ["marked as skipped in the test file", 1],
      ]),
    });
  });

  test("counts a hook that throws and an error outside every test as failed", {
    timeout: 30_000,
  }, async () => {
    const totals = await count({
      "hook.test.js": `describe("a", () => { beforeAll(() => { throw new Error("no"); }); test("b", () => {}); });`,
      "late.test.js": `test("passes", () => { setTimeout(() => { throw new Error("late"); }, 0); return new Promise((r) => setTimeout(r, 50)); });`,
    });
    expect(totals).toMatchObject({ passed: 1, failed: 2 });
  });
});
