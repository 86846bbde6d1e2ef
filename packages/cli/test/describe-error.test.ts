// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { ClientError, SolverError, TransportError } from "@bk/client";
import { describe, expect, test } from "vitest";
import { adviceFor, errorCodeOf } from "../src/advice.js";
import { describeError } from "../src/describe-error.js";
import { UsageError } from "../src/usage-error.js";

const env = {};

describe("describeError()", () => {
  test("says in one line each what happened, why, and what to try", async () => {
    const error = new TransportError(
      "BK_CONNECTION_REFUSED",
      "Cannot connect to tcp://localhost:1: the connection was refused. Is the daemon running?",
    );
    const { exitCode, text } = await describeError(error, { env });
    expect(exitCode).toBe(3);
    expect(text).toBe(
      "bk: Cannot connect to tcp://localhost:1\n" +
        "    The connection was refused. Is the daemon running?\n" +
        `    Try: ${adviceFor("BK_CONNECTION_REFUSED")}\n`,
    );
  });

  test.each([
    [
      "another reason in two sentences",
      new ClientError("BK_NO_DAEMON", "It is not set. Set it"),
      3,
      "Set it",
    ],
    ["wrong usage", new UsageError("--a and --b say the same: leave one out"), 2, "Leave one out"],
    ["a reason of several lines", new SolverError("BK_LOAD_FAILED", "No: one\n  two"), 1, "One two"],
  ])("has the second line for %s", async (_, error, exitCode, why) => {
    const described = await describeError(error, { env });
    expect(described.exitCode).toBe(exitCode);
    expect(described.text.split("\n")[1]).toBe(`    ${why}`);
    expect(described.text.split("\n")).toHaveLength(4);
  });

  test("shows a defect as one, without its stack", async () => {
    const { exitCode, text } = await describeError(new TypeError("x is not a function"), { env });
    expect(exitCode).toBe(1);
    expect(text).toMatch(/^bk: Unexpected error\n {4}X is not a function\n {4}Try: .*--debug.*\n$/);
  });

  test("leaves the name of a system call as it is", async () => {
    const { text } = await describeError(new Error("write ENOSPC"), { env });
    expect(text.split("\n")[1]).toBe("    write ENOSPC");
  });

  test("adds the causes for --debug, with codes and stacks, each once", async () => {
    const system = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const several = new AggregateError([system, new Error("the other address")], "all failed");
    const error = new TransportError("BK_CONNECT_FAILED", "Cannot connect", { cause: several });
    several.cause = error; // a ring must end

    const { text } = await describeError(error, { env, debug: true });

    expect(text).toContain("  TransportError [BK_CONNECT_FAILED]: Cannot connect\n    at ");
    expect(text).toContain("  AggregateError: all failed\n");
    expect(text).toContain("  Error [ECONNREFUSED]: connect ECONNREFUSED\n");
    expect(text).toContain("  Error: the other address\n");
    expect(text.match(/BK_CONNECT_FAILED/g)).toHaveLength(1);
    expect((await describeError(error, { env })).text).not.toContain("ECONNREFUSED");
  });

  test("never quotes what could not be parsed: it may hold credentials", async () => {
    const cause = await Promise.resolve('{"auth": hunter2')
      .then(JSON.parse)
      .catch((error: unknown) => error);
    expect(String(cause)).toContain("hunter2");
    const { text } = await describeError(new SolverError("BK_ANSWER_INVALID", "No: bad", { cause }), {
      env,
      debug: true,
    });
    expect(text).toContain("  SyntaxError: ");
    expect(text).not.toContain("hunter2");
  });

  test("lets nothing act on a terminal", async () => {
    const error = new SolverError("BK_LOAD_FAILED", "Docker said: \u001b[2Jgone", {
      cause: new Error("\u001b]0;x"),
    });
    expect((await describeError(error, { env, debug: true })).text).not.toContain("\u001b");
  });

  test("gives no commands to the runner of GitHub's workflows", async () => {
    const failure = {
      ...{ message: "no", denyMessages: [], sources: [], exitCode: 1, grpcCode: "Unknown" },
      ...{ command: 'RUN echo "##[error]x"', logs: ["\u001b[1m::warning::x", "a::b"] },
    };
    const error = new SolverError("BK_SOLVE_FAILED", "Build failed", { failure });

    const { text } = await describeError(error, { env: { GITHUB_ACTIONS: "true" } });

    expect(text).toContain(`Build failed: RUN echo "# #[error]x": exit code 1\n`);
    expect(text).toContain("\n  : :warning::x\n  a::b\n");
    expect((await describeError(error, { env })).text).toContain("\n  ::warning::x\n");
  });
});

test("every code of docs/errors.md has advice of its own, or is a defect to report", async () => {
  const docs = await readFile(new URL("../../../docs/errors.md", import.meta.url), "utf8");
  const codes = [...docs.matchAll(/^\| `(BK_[A-Z_0-9]+)`/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(40);
  const unknown = codes.filter((code) => errorCodeOf(Object.assign(new Error(), { code })) === undefined);
  expect(unknown).toEqual([]);
});
