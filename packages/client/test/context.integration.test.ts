// SPDX-License-Identifier: Apache-2.0
import { integration, leakCheck, tree } from "@bk/testing";
import { expect, test } from "vitest";
import { explainContext, SolverError } from "../src/index.js";
import { openMode } from "./helpers/modes.js";
import { textOutput } from "./helpers/text-output.js";

const files = ['ADD Dockerfile file "FROM scratch\\nCOPY wanted /wanted\\n"', "ADD wanted file content"];

integration.describe("explainContext() agrees with the daemon", () => {
  leakCheck();

  test.each([
    { name: "no ignore file", lines: [] },
    { name: "an ignore file", lines: ["ADD .dockerignore file wanted"] },
    { name: "one that drops the Dockerfile", lines: ['ADD .dockerignore file "*\\n!wanted"'] },
    {
      name: "one beside the Dockerfile, which goes first",
      lines: ["ADD .dockerignore file wanted", "ADD Dockerfile.dockerignore file other"],
    },
    {
      name: "an empty one beside the Dockerfile",
      lines: ["ADD .dockerignore file wanted", "ADD Dockerfile.dockerignore file"],
    },
    {
      name: "a directory beside the Dockerfile",
      lines: ["ADD .dockerignore file wanted", "ADD Dockerfile.dockerignore dir"],
    },
    {
      name: "a link inside the context",
      lines: ["ADD .dockerignore symlink /conf/ignore", "ADD conf/ignore file wanted"],
    },
    { name: "a directory of that name", lines: ["ADD .dockerignore/x file wanted"] },
  ])("about $name", { timeout: 60_000 }, async ({ lines }) => {
    await using dir = await tree(...files, ...lines);
    const { entries } = await explainContext(dir.path);
    await using opened = await openMode("embedded");
    const copied = await opened.client
      .build({ contextDir: dir.path, output: textOutput() })
      .then(() => true)
      .catch((error: unknown) => {
        if (SolverError.is(error) && error.failure?.command === "COPY wanted /wanted") return false;
        throw error;
      });
    expect(entries.some(({ path }) => path === "wanted")).toBe(copied);
  });
});
