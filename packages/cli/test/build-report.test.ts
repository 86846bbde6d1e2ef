// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { PassThrough } from "node:stream";
import type { BuildResult, SolveStatus } from "@bk/client";
import { tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { openBuildReport } from "../src/build-report.js";

const STATUS: SolveStatus = {
  vertexes: [
    {
      ...{ digest: "a", inputs: [], name: "[1/1] RUN make", cached: false },
      ...{ startedNs: 1n, completedNs: 2n, error: undefined, progressGroup: undefined },
    },
  ],
  statuses: [],
  logs: [],
  warnings: [],
};
const RESULT = { ref: "abc" } as BuildResult;

describe("openBuildReport()", () => {
  /** A build with a report in a directory that `spoil` may make useless while the build runs. */
  async function run(end: () => BuildResult, { spoils = false, begins = true } = {}) {
    await using dir = await tmpDir();
    const stderr = new PassThrough().setEncoding("utf8");
    const [folder, path] = [dir.join("out"), dir.join("out/build.html")];
    await mkdir(folder);
    const { signal } = new AbortController();
    const report = await openBuildReport(
      { report: path },
      { contextDir: "some/app" },
      { env: {}, signal, stderr },
    );
    const outcome = report.during(async () => {
      if (begins) report.onStatus?.(STATUS);
      if (spoils) {
        await rm(folder, { recursive: true });
        await writeFile(folder, "");
      }
      return end();
    });
    const error = await outcome.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { error, page: await readFile(path, "utf8").catch(() => ""), told: stderr.read() ?? "" };
  }

  const fail = (): never => {
    throw new Error("the build's own failure");
  };

  test("names the page after the directory, when there is no tag", async () => {
    const { error, page } = await run(() => RESULT);
    expect(error).toBeUndefined();
    expect(page).toContain("<title>Completed: app</title>");
  });

  test("a failure of the build stays the one that is told, also when the page cannot be written", async () => {
    const { error, told } = await run(fail, { spoils: true });
    expect(error).toMatchObject({ message: "the build's own failure" });
    expect(told).toMatch(/^bk: Cannot export to .*build\.html/);
  });

  test("a page that cannot be written is a failure after a build that was none", async () => {
    const { error } = await run(() => RESULT, { spoils: true });
    expect(error).toMatchObject({ code: "BK_EXPORT_FAILED" });
  });

  test("writes nothing about a build that did not begin", async () => {
    const { error, page } = await run(fail, { begins: false });
    expect(error).toMatchObject({ message: "the build's own failure" });
    expect(page).toBe("");
  });
});

test("what a page is made of is in a file of its own, which no other command loads", async () => {
  const chunks = new URL("../dist/chunks/", import.meta.url);
  const names = await readdir(chunks);
  const holders = [];
  for (const name of names) {
    if ((await readFile(new URL(name, chunks), "utf8")).includes("report-data")) holders.push(name);
  }
  expect(names).toContainEqual(expect.stringMatching(/^program-/));
  expect(holders).toEqual([expect.stringMatching(/^report-/)]);
});
