// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { addShell, integration, tmpDir, useEngine } from "@bk/testing";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { type BkResult, runBk } from "./bk.js";

/** What the page holds of a build, as far as these tests look at it. */
interface Report {
  readonly title: string;
  readonly ref?: string;
  readonly outcome: string;
  readonly groups: readonly { readonly name: string; readonly count: number }[];
  readonly steps: readonly {
    readonly digest: string;
    readonly command: string;
    readonly phase: string;
    readonly intervals: readonly (readonly number[])[];
  }[];
  readonly warnings: readonly { readonly text: string; readonly source?: { readonly line: number } }[];
  readonly failure?: {
    readonly command?: string;
    readonly exitCode?: number;
    readonly sources: readonly { readonly line: number }[];
    readonly lastLines: readonly string[];
  };
  readonly logs: readonly string[];
}

function parseReport(html: string): Report {
  const read = (id: string) => {
    const json = new RegExp(`<script type="application/json" id="${id}">([^<]*)</script>`).exec(html)?.[1];
    return JSON.parse(json ?? "null");
  };
  return { ...read("report-data"), logs: read("report-logs") };
}

async function readReport(path: string): Promise<Report> {
  return parseReport(await readFile(path, "utf8"));
}

/** What has to be the same in a report that is made again from the daemon's history. */
function stepsOf({ steps, logs }: Report): unknown {
  return steps.map(({ digest, command, phase }, at) => ({ digest, command, phase, log: logs[at] }));
}

integration.describe("reports", () => {
  vi.setConfig({ testTimeout: 60_000 });
  let env: Readonly<Record<string, string>>;
  beforeAll(() => {
    env = { DOCKER_HOST: useEngine().dockerHost };
  });

  interface Built {
    readonly result: BkResult;
    readonly report: Report | undefined;
    /** Everything in the directory that the report was to be written to. */
    readonly files: readonly string[];
  }

  /** Builds stages that no build had before, with a report. */
  async function build(stages: string, interruptAt?: string): Promise<Built> {
    await using context = await tmpDir();
    await using out = await tmpDir();
    const shell = await addShell(context.path, useEngine());
    await writeFile(context.join("Dockerfile"), `${shell}${stages.replaceAll("UNIQUE", randomUUID())}`);
    const args = ["build", "-o", "type=cacheonly", "--report", out.join("build.html"), context.path];
    const result = await runBk(args, { env, ...(interruptAt !== undefined && { interruptAt }) });
    const files = await readdir(out.path);
    return {
      result,
      files,
      report: files.includes("build.html") ? await readReport(out.join("build.html")) : undefined,
    };
  }

  const STAGES = `FROM shell AS left
RUN printf 'UNIQUE\\n\\033[32mgreen\\033[0m\\n'
FROM shell AS right
RUN printf '10 %%\\rUNIQUE\\n\\377\\033[2J</script>\\n'
FROM shell
COPY --from=left /bin/sh /left
COPY --from=right /bin/sh /right
cmd ["true"]
`;

  test("tell of a build of several stages, and the same from the history", async () => {
    const { result, report, files } = await build(STAGES);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(files).toEqual(["build.html"]);
    expect(report).toMatchObject({ outcome: "completed" });
    const stages = report?.groups.map(({ name }) => name);
    expect(stages).toEqual(expect.arrayContaining(["Preparation", "left", "right", "stage-3"]));
    const log = report?.logs.find((text) => text.includes("green"));
    expect(log).toContain("\u001b[32mgreen\u001b[0m");
    expect(report?.logs.find((text) => text.includes("</script>"))).toMatch(
      /^[0-9a-f-]{36}\n\ufffd<\/script>$/,
    );
    expect(report?.warnings[0]).toMatchObject({ source: { line: expect.any(Number) } });

    await using out = await tmpDir();
    const ref = report?.ref ?? "";
    const again = await runBk(["history", "report", ref, "-o", out.join("again.html")], { env });
    expect(again.exitCode, again.stderr).toBe(0);
    const recorded = await readReport(out.join("again.html"));
    expect(recorded).toMatchObject({ ref, outcome: "completed", warnings: report?.warnings });
    expect(stepsOf(recorded)).toEqual(report && stepsOf(report));
    const { stdout } = await runBk(["history", "report", ref], { env });
    expect(stepsOf(parseReport(stdout))).toEqual(stepsOf(recorded));
  });

  test("tell why a build failed, and leave its exit code", async () => {
    const { result, report } = await build("FROM shell\nRUN echo UNIQUE; echo reason; exit 7\n");
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("exit code 7");
    const failure = {
      exitCode: 7,
      sources: [{ line: expect.any(Number) }],
      lastLines: [expect.anything(), "reason"],
    };
    expect(report).toMatchObject({ outcome: "failed", failure });

    const failed = report?.steps.find(({ phase }) => phase === "failed");
    const { stdout: list } = await runBk(["history", "ls", "--format", "json"], { env });
    const refs: readonly string[] = JSON.parse(list)
      .filter(({ state }: { state: string }) => state === "failed")
      .map(({ ref }: { ref: string }) => ref);
    const recorded = await findReport(refs, failed?.digest ?? "");
    expect(recorded).toMatchObject({ outcome: "failed", failure });
    expect(recorded && stepsOf(recorded)).toEqual(report && stepsOf(report));
  });

  /** The report of the build that had a step. */
  async function findReport(refs: readonly string[], digest: string): Promise<Report | undefined> {
    for (const ref of refs) {
      const report = parseReport((await runBk(["history", "report", ref], { env })).stdout);
      if (report.steps.some((step) => step.digest === digest)) return report;
    }
    return undefined;
  }

  test("tell what is known of a build that was interrupted", async () => {
    const { result, report, files } = await build(
      'FROM shell\nRUN echo run"n"ing UNIQUE; sleep 60\n',
      "running",
    );
    expect(result.exitCode).toBe(130);
    expect(files).toEqual(["build.html"]);
    expect(report?.outcome).toBe("interrupted");
    expect(report?.logs.some((text) => text.startsWith("running"))).toBe(true);
  });

  describe("are not written", () => {
    test("of a build that did not begin", async () => {
      const { result, files } = await build("FRM shell\n");
      expect(result.exitCode).toBe(1);
      await using out = await tmpDir();
      const none = await runBk(["build", "--report", out.join("x.html"), "/nonexistent/dir"], { env });
      expect(none.exitCode).toBe(2);
      expect(await readdir(out.path)).toEqual([]);
      expect(files).toEqual(["build.html"]); // the Dockerfile was loaded, and found to be wrong
    });

    test("where there is a directory, which is told before the build", async () => {
      await using out = await tmpDir();
      const { exitCode, stderr } = await runBk(["build", "--report", out.path, out.path], { env });
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`Cannot export to ${out.path}\n    It is a directory`);
    });

    test("of questions about a Dockerfile", async () => {
      const { exitCode, stderr } = await runBk(["build", "--check", "--report", "x.html", "."], { env });
      expect(exitCode).toBe(2);
      expect(stderr).toContain("--report");
    });

    test("of builds that the history does not know", async () => {
      const { exitCode, stdout } = await runBk(["history", "report", "nosuchbuild"], { env });
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    });
  });
});
