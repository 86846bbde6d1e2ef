// SPDX-License-Identifier: Apache-2.0
import type { FrontendAnswer } from "@bk/client";
import { parseCallFlag } from "@bk/solver/flags";
import { describe, expect, test } from "vitest";
import { dockerfileName, formatCall } from "../src/call-text.js";

function format(flag: string, answer: Partial<FrontendAnswer>, env = {}) {
  const call = parseCallFlag(flag);
  if (!call) throw new Error(`${flag} is no call`);
  return formatCall(call, { json: "{}", text: "", version: "1.0.0", statusCode: 0, ...answer }, { env });
}

const warning = '{"warnings":[{"ruleName":"A","detail":"do not"}]}';
const broken = '{"buildError":{"message":"unknown instruction"}}';

describe("formatCall()", () => {
  test("shows what a check found, and exits with its status", async () => {
    expect(await format("check", { json: warning, statusCode: 1 })).toEqual({
      stdout: "Check complete, 1 warning has been found!\n\nWARNING: A\ndo not\n",
      stderr: "",
      exitCode: 1,
    });
    expect(await format("check,ignorestatus=true", { json: warning, statusCode: 1 })).toMatchObject({
      exitCode: 0,
    });
  });

  test("fails a Dockerfile that cannot be built, whatever becomes of the status", async () => {
    const expected = { stdout: "", stderr: "unknown instruction\n", exitCode: 1 };

    expect(await format("check", { json: broken, statusCode: 1 })).toEqual(expected);
    expect(await format("check,ignorestatus=true", { json: broken, statusCode: 1 })).toEqual(expected);
    expect(await format("check,format=json", { json: broken })).toEqual({
      ...expected,
      stdout: `${broken}\n`,
    });
  });

  test("shows the frontend's own text of other questions, and of answers that are newer", async () => {
    expect(await format("outline", { text: "ARG\n" })).toMatchObject({ stdout: "ARG\n", exitCode: 0 });
    expect(await format("check", { json: warning, text: "new\n", version: "1.10.0" })).toMatchObject({
      stdout: "new\n",
    });
    expect(await format("check", { json: warning, text: "old\n", version: "0.9.0" })).toMatchObject({
      stdout: expect.stringContaining("Check complete"),
    });
  });

  test("keeps the layout of JSON", async () => {
    const json = '{\n\t"a": "ü"\n}';

    expect(await format("targets,format=json", { json })).toMatchObject({ stdout: `${json}\n` });
  });

  test("prints nothing that a terminal acts on", async () => {
    const hostile =
      '{"warnings":[{"ruleName":"A\\u001b[2J","detail":"\\u0007b\\tc"}], "x": "\u009b\u202e"}\r';

    expect((await format("check", { json: hostile })).stdout).toContain("\nWARNING: A\nb\tc\n");
    expect((await format("check,format=json", { json: hostile })).stdout).toBe(
      `${hostile.slice(0, -1).replace("\u009b\u202e", "\\u009b\\u202e")}\n`,
    );
    expect((await format("targets", { text: "a\u001b]0;title\u0007b\n" })).stdout).toBe("ab\n");
  });

  test("gives no commands to the runner of GitHub's workflows", async () => {
    const env = { GITHUB_ACTIONS: "true" };
    const hostile = '{"warnings":[{"ruleName":"##[error]A","detail":"\\n::error::b"}]}';

    const { stdout } = await format("check", { json: hostile }, env);
    expect(stdout).toContain("\nWARNING: # #[error]A\n");
    expect(stdout).toContain("\n: :error::b\n");
    const json = await format("check,format=json", { json: hostile }, env);
    expect(json.stdout).not.toContain("##[");
    expect(JSON.parse(json.stdout)).toEqual(JSON.parse(hostile));
    expect((await format("targets", { text: "::error::x\n" }, env)).stdout).toBe(": :error::x\n");
    expect((await format("targets,format=json", { json: "{\n::error::x" }, env)).stdout).toBe(
      "{\n: :error::x\n",
    );
    const failed = '{"buildError":{"message":"##[error]no"}}';
    expect((await format("check", { json: failed }, env)).stderr).toBe("# #[error]no\n");
  });
});

describe("dockerfileName()", () => {
  test.each([
    [".", undefined, "Dockerfile"],
    ["app/", undefined, "app/Dockerfile"],
    [".", "other/file", "other/file"],
    [".", "-", "stdin"],
    ["-", undefined, undefined],
    ["https://example.com/repo.git", undefined, undefined],
  ])("calls the Dockerfile of %j with -f %j %j", (context, file, expected) => {
    expect(dockerfileName(context, file)).toBe(expected);
  });
});
