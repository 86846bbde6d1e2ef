// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { type FormatFlag, writeResult } from "../src/output.js";

describe("writeResult()", () => {
  function written(format: FormatFlag["format"], names: readonly string[], env = {}): string {
    const stdout = new PassThrough().setEncoding("utf8");
    writeResult({ stdout, env }, { format }, names, () => `${names.join("\n")}\n`);
    return stdout.read();
  }

  test("shows what a terminal would act on", () => {
    expect(written("text", ["a\u001b[2J", "b"])).toBe("a\\u{1b}[2J\nb\n");
  });

  test("gives no commands to the runner of GitHub's workflows, and the same JSON", () => {
    const [names, env] = [["::error::x", "RUN ##[error]###[y]"], { GITHUB_ACTIONS: "true" }];

    expect(written("text", names, env)).toBe(": :error::x\nRUN # #[error]## #[y]\n");
    expect(written("text", names)).toBe("::error::x\nRUN ##[error]###[y]\n");
    expect(written("json", names, env)).not.toContain("##[");
    expect(JSON.parse(written("json", names, env))).toEqual(names);
  });
});
