// SPDX-License-Identifier: Apache-2.0
import { describeTerminal } from "@bk/testing";
import { expect, test } from "vitest";
import { textWidth } from "../../src/tty/text-width.js";
import { log, SECOND, transfer, vertex, warning } from "../statuses.js";
import { type ReplayStep, startReplay } from "./replay.js";

/** A step that began at a second of the build and, if it is done, ended at another. */
function step(digest: string, name: string, start: number, end?: number, part = {}) {
  const startedNs = BigInt(start * 10) * (SECOND / 10n);
  const completedNs = end === undefined ? undefined : BigInt(Math.round(end * 10)) * (SECOND / 10n);
  return vertex({ digest, name, startedNs, completedNs, ...part });
}

/** Steps of all kinds; the build waits at `running` and `end`. */
const BUILD: readonly ReplayStep[] = [
  {
    atMs: 0,
    status: {
      vertexes: [
        step("a", "[internal] load build definition from Dockerfile", 1, 1.2),
        step("b", "[build 1/4] FROM docker.io/library/alpine:3.20", 1.2, 1.2, { cached: true }),
        vertex({ digest: "d", name: "[build 4/4] RUN make test", startedNs: undefined }),
      ],
      warnings: [warning({ vertex: "a", short: "FromAsCasing: casing does not match (line 1)" })],
    },
  },
  {
    atMs: 2000,
    status: {
      vertexes: [
        step("c", "[build 2/4] RUN make", 1.2),
        step("e", "[build 3/4] ADD https://example.com/x /", 1.2),
      ],
      statuses: [
        transfer({
          vertex: "e",
          id: "downloading x",
          current: 4_000_000,
          total: 10_000_000,
          startedNs: 2n * SECOND,
        }),
      ],
      logs: [log("cc -c a.c\n\u001b[31mwarning\u001b[0m: unused\n50%\r75%", "c")],
    },
  },
  { atMs: 4000, hold: "running" },
  {
    atMs: 5000,
    status: {
      vertexes: [
        step("c", "[build 2/4] RUN make", 1.2, 6),
        step("e", "[build 3/4] ADD https://example.com/x /", 1.2, 3, { error: "context canceled" }),
        step("d", "[build 4/4] RUN make test", 6, 7, { error: "exit code: 2" }),
      ],
      statuses: [],
      logs: [log("test 1 ok\n\u001b[2Jtest 2 failed\r\n", "d")],
    },
  },
  { atMs: 6000, hold: "end" },
];

describeTerminal("progress on a terminal", () => {
  test("shows running steps with their output, transfers and times", { timeout: 60_000 }, async () => {
    await using replay = await startReplay(BUILD, { columns: 80, rows: 24 });
    expect(await replay.terminal.waitFor(/4\.0s \(/)).toEqual([
      "[+] Building 4.0s (2/5)",
      " => [internal] load build definition from Dockerfile                       0.2s",
      " => WARN: FromAsCasing: casing does not match (line 1)",
      " => CACHED [build 1/4] FROM docker.io/library/alpine:3.20                  0.0s",
      " => [build 2/4] RUN make                                                   3.8s",
      " => => # cc -c a.c",
      " => => # warning: unused",
      " => => # 75%",
      " => [build 3/4] ADD https://example.com/x /                                3.8s",
      " => => downloading x [====>     ] 4.00MB / 10.00MB                         3.0s",
    ]);
  });

  test("leaves all steps, the warnings and the output of what failed", { timeout: 60_000 }, async () => {
    await using replay = await startReplay(BUILD, { columns: 80, rows: 24 });
    await replay.goOn("running");
    await replay.goOn("end");
    expect(await replay.terminal.waitFor(/\[exit 0\]/)).toEqual([
      "[+] Building 6.0s (5/5) FINISHED",
      " => [internal] load build definition from Dockerfile                       0.2s",
      " => WARN: FromAsCasing: casing does not match (line 1)",
      " => CACHED [build 1/4] FROM docker.io/library/alpine:3.20                  0.0s",
      " => [build 2/4] RUN make                                                   4.8s",
      " => CANCELED [build 3/4] ADD https://example.com/x /                       1.8s",
      " => => downloading x 4.00MB / 10.00MB                                      0.0s",
      " => ERROR [build 4/4] RUN make test                                        1.0s",
      "",
      " 1 warning found (bk build --check shows the lines):",
      " - FromAsCasing: casing does not match (line 1)",
      "------",
      " > [build 4/4] RUN make test:",
      "test 1 ok",
      "test 2 failed",
      "------",
      "[exit 0]",
    ]);
  });

  test("has docker's colours, or none with NO_COLOR", { timeout: 60_000 }, async () => {
    const line = async (env: Record<string, string>) => {
      await using replay = await startReplay(BUILD, { columns: 80, rows: 24, env });
      await replay.goOn("running");
      await replay.goOn("end");
      await replay.terminal.waitFor(/\[exit 0\]/);
      return (await replay.terminal.coloredScreen()).find((text) => text.includes("RUN make test"));
    };
    expect(await line({})).toContain("\u001b[31m => ERROR [build 4/4]");
    expect(await line({ BUILDKIT_COLORS: "error=light-magenta" })).toContain("\u001b[95m => ERROR");
    expect(await line({ NO_COLOR: "1" })).toMatch(/^ => ERROR/);
  });

  test.each([
    [40, 10],
    [80, 24],
    [200, 60],
  ])("60 steps on %i x %i never take more than the screen", { timeout: 60_000 }, async (columns, rows) => {
    const steps = Array.from({ length: 60 }, (_, index) => {
      const name = `[stage-${index} 1/1] RUN make part${index} of a long command that does not end soon`;
      return step(`s${index}`, name, 1 + index / 10, index < 57 ? 20 : undefined);
    });
    const end = steps.map(({ digest, name, startedNs }) =>
      vertex({ digest, name, startedNs, completedNs: 30n * SECOND }),
    );
    await using replay = await startReplay(
      [
        { atMs: 0, status: { vertexes: [step("first", "before", 1, 1)] } },
        ...steps.map((one, index) => ({ atMs: 200 * index, status: { vertexes: [one] } })),
        { atMs: 20_000, hold: "running" },
        { atMs: 29_000, status: { vertexes: end } },
        { atMs: 29_000, hold: "end" },
      ],
      { columns, rows },
    );
    const { terminal } = replay;

    const running = await terminal.waitFor(/Building 20\.0s/);
    const shown = Math.min(rows - 2, 61);
    expect(running).toHaveLength(shown + 1);
    expect(running[0]).toBe("[+] Building 20.0s (58/61)");
    expect(running.at(-1)).toMatch(/^ => \[stage-59 .* 14\.1s$/);
    expect(await terminal.history()).toHaveLength(shown + 1); // nothing was scrolled out
    for (const text of running.slice(1)) expect(text).toHaveLength(columns - 1);

    await replay.goOn("running");
    await replay.goOn("end");
    await terminal.waitFor(/\[exit 0\]/);
    const all = await terminal.history();
    expect(all).toHaveLength(63);
    expect(all[0]).toBe("[+] Building 29.0s (61/61) FINISHED");
    expect(all.slice(2, 62).map((text) => /stage-(\d+)/.exec(text)?.[1])).toEqual(
      Array.from({ length: 60 }, (_, index) => String(index)),
    );
  });

  test("paints anew when the terminal is resized", { timeout: 60_000 }, async () => {
    await using replay = await startReplay(BUILD, { columns: 80, rows: 24 });
    const { terminal } = replay;
    await terminal.waitFor(/4\.0s \(/);

    await terminal.resize({ columns: 100, rows: 30 });
    await terminal.waitFor(/Dockerfile {43}0\.2s/);
    const wide = await terminal.history(); // nothing of what was there before is left
    expect(wide).toHaveLength(10);
    expect(wide.slice(0, 2)).toEqual([
      "[+] Building 4.0s (2/5)",
      " => [internal] load build definition from Dockerfile                                           0.2s",
    ]);

    // tmux moves lines into its history when it breaks others, but the screen is right.
    await terminal.resize({ columns: 40, rows: 30 });
    await terminal.waitFor(/definiti 0\.2s/);
    expect(await terminal.screen()).toEqual([
      "[+] Building 4.0s (2/5)",
      " => [internal] load build definiti 0.2s",
      " => WARN: FromAsCasing: casing does not",
      " => CACHED [build 1/4] FROM docker 0.0s",
      " => [build 2/4] RUN make           3.8s",
      " => => # cc -c a.c",
      " => => # warning: unused",
      " => => # 75%",
      " => [build 3/4] ADD https://exampl 3.8s",
      " => => downloading x               3.0s",
    ]);

    await replay.goOn("running");
    await replay.goOn("end");
    expect((await terminal.waitFor(/\[exit 0\]/)).slice(0, 9)).toEqual([
      "[+] Building 6.0s (5/5) FINISHED",
      " => [internal] load build definiti 0.2s",
      " => WARN: FromAsCasing: casing does not",
      " => CACHED [build 1/4] FROM docker 0.0s",
      " => [build 2/4] RUN make           4.8s",
      " => CANCELED [build 3/4] ADD https 1.8s",
      " => => downloading x               0.0s",
      " => ERROR [build 4/4] RUN make tes 1.0s",
      "",
    ]);
  });

  test("a terminal that is stopped does not hold up the program", { timeout: 60_000 }, async () => {
    await using replay = await startReplay(BUILD, { columns: 80, rows: 24 });
    const { terminal } = replay;
    await terminal.waitFor(/4\.0s \(/);

    await terminal.type("C-s");
    // Nothing tells when the key has arrived: it is on its way before any of these answers.
    for (let answers = 0; answers < 10; answers++) await terminal.screen();
    await replay.goOn("running");
    await expect.poll(() => replay.isAt("end"), { timeout: 20_000 }).toBe(true);
    expect((await terminal.screen())[0]).toBe("[+] Building 4.0s (2/5)");

    await terminal.type("C-q");
    await terminal.waitFor(/6\.0s \(5\/5\)/);
  });

  test("fits into a terminal that becomes too small for what was there", { timeout: 60_000 }, async () => {
    await using replay = await startReplay(BUILD, { columns: 80, rows: 24 });
    const { terminal } = replay;
    await terminal.waitFor(/4\.0s \(/);

    await terminal.resize({ columns: 60, rows: 6 });
    await terminal.waitFor(/\[\+\].*\n.*CACHED/);
    expect(await terminal.screen()).toEqual([
      "[+] Building 4.0s (2/5)",
      " => CACHED [build 1/4] FROM docker.io/library/alpine:3 0.0s",
      " => [build 2/4] RUN make                               3.8s",
      " => [build 3/4] ADD https://example.com/x /            3.8s",
      " => => downloading x [====>     ] 4.00MB / 10.00MB     3.0s",
    ]);
  });

  test("shows two builds below each other, and leaves each as it ended", { timeout: 60_000 }, async () => {
    const one = step("one", "[1/1] RUN one", 1);
    const two = step("two", "[1/1] RUN two", 1);
    await using replay = await startReplay(
      [
        { atMs: 0, build: 0, status: { vertexes: [one] } },
        { atMs: 0, build: 1, status: { vertexes: [two], logs: [log("two is busy\n", "two")] } },
        { atMs: 1000, hold: "both" },
        { atMs: 2000, build: 0, status: { vertexes: [{ ...one, completedNs: 2n * SECOND }] } },
        { atMs: 2000, build: 0, end: true },
        { atMs: 2000, hold: "one" },
        { atMs: 3000, build: 1, status: { vertexes: [{ ...two, completedNs: 4n * SECOND }] } },
      ],
      { columns: 40, rows: 40 },
    );
    const { terminal } = replay;
    await terminal.waitFor(/two is busy/);
    expect(await terminal.waitFor(/RUN two +1\.0s/)).toEqual([
      "[+] Building 1.0s (0/1)",
      " => [1/1] RUN one                  1.0s",
      "[+] Building 1.0s (0/1)",
      " => [1/1] RUN two                  1.0s",
      " => => # two is busy",
    ]);
    await replay.goOn("both");
    expect(await terminal.waitFor(/FINISHED(?:.|\n)*RUN two +2\.0s/)).toEqual([
      "[+] Building 2.0s (1/1) FINISHED",
      " => [1/1] RUN one                  1.0s",
      "[+] Building 2.0s (0/1)",
      " => [1/1] RUN two                  2.0s",
      " => => # two is busy",
    ]);
    await replay.goOn("one");
    expect(await terminal.waitFor(/exit 0/)).toEqual([
      "[+] Building 2.0s (1/1) FINISHED",
      " => [1/1] RUN one                  1.0s",
      "[+] Building 3.0s (1/1) FINISHED",
      " => [1/1] RUN two                  3.0s",
      "[exit 0]",
    ]);
  });

  test("measures wide characters", { timeout: 60_000 }, async () => {
    const names = [
      "RUN echo 日本語のステップ".repeat(4),
      "RUN echo 🎉🎊 ok".repeat(4),
      "RUN echo cafe\u0301 e\u0301te\u0301".repeat(4),
    ];
    const vertexes = names.map((name, index) => step(`w${index}`, name, 1, 2));
    await using replay = await startReplay(
      [
        { atMs: 0, status: { vertexes } },
        { atMs: 1000, hold: "end" },
      ],
      { columns: 40, rows: 10 },
    );
    const lines = await replay.terminal.waitFor(/Building 1\.0s/);
    for (const line of lines.slice(1)) expect(textWidth(line)).toBe(39);
    expect(lines.slice(1).every((line) => line.endsWith(" 1.0s"))).toBe(true);
    expect(lines[1]).toMatch(/^ => RUN echo 日本語のステップRUN e 1\.0s$/);
  });
});
