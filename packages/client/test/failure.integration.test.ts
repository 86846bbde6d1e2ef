// SPDX-License-Identifier: Apache-2.0
import { rm, writeFile } from "node:fs/promises";
import { integration, leakCheck } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { SolverError } from "../src/index.js";
import { MODES, type OpenMode, openMode } from "./helpers/modes.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

integration.describe("a build that fails", () => {
  leakCheck();

  describe.each(MODES)("%s", { timeout: 60_000 }, (mode) => {
    async function failure(dockerfile: string, context: string, opened: OpenMode): Promise<SolverError> {
      const build = opened.client.build({
        contextDir: context,
        tag: uniqueTag(),
        dockerfile: { text: dockerfile },
        output: textOutput(),
      });
      const error = await build.then(
        () => undefined,
        (cause: unknown) => cause,
      );
      if (!SolverError.is(error))
        throw new Error("the build did not fail as a SolverError", { cause: error });
      return error;
    }

    test("says which step failed, how, and where it stands", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext(
        "FROM shell AS build\nCOPY greeting /\nRUN echo first; echo >&2 second; exit 7\n",
      );

      const build = opened.client.build({ contextDir: context.path, tag: uniqueTag(), output: textOutput() });

      await expect(build).rejects.toMatchObject({
        code: "BK_SOLVE_FAILED",
        failure: {
          stage: "build",
          command: "RUN echo first; echo >&2 second; exit 7",
          exitCode: 7,
          source: { filename: "Dockerfile", line: 6 },
          logs: expect.arrayContaining(["first", "second"]),
        },
      });
    });

    test("is one object that survives JSON", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext("FROM shell\nRUN exit 3\n");

      const build = opened.client.build({ contextDir: context.path, tag: uniqueTag(), output: textOutput() });
      const error: unknown = await build.catch((cause: unknown) => cause);

      expect(JSON.parse(JSON.stringify(error))).toMatchObject({
        code: "BK_SOLVE_FAILED",
        failure: { exitCode: 3 },
      });
    });

    test("keeps the step and the exit code when the error is too large for HTTP/2 headers", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext("");
      const filler = `# ${"x".repeat(97)}\n`.repeat(1000);
      await writeFile(
        context.join("Dockerfile"),
        `FROM scratch AS shell\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\n${filler}RUN exit 9\n`,
      );

      const build = opened.client.build({ contextDir: context.path, tag: uniqueTag(), output: textOutput() });

      await expect(build).rejects.toMatchObject({
        code: "BK_SOLVE_FAILED",
        failure: { exitCode: 9, command: "RUN exit 9", source: { line: 1004 } },
      });
    });

    test("points at a syntax error", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext("");

      const error = await failure("FROM scratch\nCOPPY a b\n", context.path, opened);

      expect(error.failure).toMatchObject({ message: expect.stringContaining("COPPY"), source: { line: 2 } });
    });

    test("names a file that COPY does not find", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext("");

      const error = await failure("FROM scratch\nCOPY missing.txt /\n", context.path, opened);

      expect(error.failure).toMatchObject({
        message: expect.stringContaining("missing.txt"),
        source: { line: 2 },
      });
    });

    test("names a missing Dockerfile and a missing context before anything is opened", async () => {
      await using opened = await openMode(mode);
      await using context = await shellContext("");
      await rm(context.join("Dockerfile"));
      const build = (contextDir: string) =>
        opened.client.build({ contextDir, tag: uniqueTag(), output: textOutput() });

      await expect(build(context.path)).rejects.toMatchObject({
        code: "BK_OPTIONS_INVALID",
        option: "dockerfile",
        message: expect.stringContaining(context.join("Dockerfile")),
      });
      await expect(build(context.join("nowhere"))).rejects.toMatchObject({
        code: "BK_OPTIONS_INVALID",
        option: "contextDir",
      });
    });
  });
});
