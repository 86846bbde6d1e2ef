// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTtyText } from "../../src/tty/tty-text.js";
import { anyStatus, log, SECOND, status, vertex, warning } from "../statuses.js";

/** Hides the cursor, does not break lines, goes to the beginning of the line. */
const BEGIN = "\u001b[?25l\u001b[?7l\r";
const size = () => ({ columns: 60, rows: 12 });

describe("createTtyText()", () => {
  test("writes only the lines that have changed, in one piece that hides the cursor meanwhile", () => {
    const text = createTtyText({ size });
    text.update(
      status({ vertexes: [vertex({ completedNs: SECOND }), vertex({ digest: "b", name: "RUN b" })] }),
      0,
    );
    text.paint(1000);
    const second = text.paint(2000);
    expect(second.startsWith(`${BEGIN}\u001b[3A`)).toBe(true);
    expect(second).toContain("Building 2.0s");
    expect(second).toContain("RUN b");
    expect(second).not.toContain("RUN make");
    expect(second.endsWith("\u001b[J\u001b[?7h\u001b[?25h")).toBe(true);
  });

  test("keeps colours in the output of what failed, but not with NO_COLOR", () => {
    const end = (env: Record<string, string>) => {
      const text = createTtyText({ size, env });
      text.update(
        status({
          vertexes: [vertex({ completedNs: 2n * SECOND, error: "exit code: 1" })],
          logs: [log("\u001b[31mred\u001b[0m text\n")],
        }),
        0,
      );
      return text.end(1000);
    };
    expect(end({})).toContain("\n\u001b[31mred\u001b[0m text\n");
    expect(end({ NO_COLOR: "1" })).toContain("\nred text\n");
  });

  test("ends with the warnings and the output of what failed", () => {
    const text = createTtyText({ size, env: { NO_COLOR: "1" } });
    const short = "JSONArgsRecommended: use JSON";
    const source = { filename: "Dockerfile", line: 3, column: 1, endLine: 3, lines: [] };
    const error = "exit code: 1";
    text.update(
      status({
        vertexes: [vertex({ completedNs: 2n * SECOND, error })],
        logs: [log("why\u001b[2J it failed")],
        warnings: [
          warning({ short, source }),
          warning({ short, source, vertex: "b" }),
          warning({ short: "old (line 1)" }),
        ],
      }),
      0,
    );
    expect(text.end(0)).toContain(
      "\n 2 warnings found (bk build --check shows the lines):\n" +
        " - JSONArgsRecommended: use JSON (Dockerfile:3)\n - old (line 1)\n" +
        "------\n > [1/2] RUN make:\nwhy it failed\n------\n",
    );
  });

  test("gives no commands to the runner of GitHub's workflows", () => {
    const text = createTtyText({ size, env: { GITHUB_ACTIONS: "true" } });
    const failed = vertex({ name: "RUN ##[error]", completedNs: 2n * SECOND, error: "exit code: 1" });
    text.update(status({ vertexes: [failed], logs: [log("::error::x\n##[group]y\n")] }), 0);
    const shown = text.end(0);
    expect(shown).toContain("\n: :error::x\n# #[group]y\n");
    expect(shown).not.toContain("##[");
  });

  test("whatever a step prints and a daemon says, only text, colours and its own movements come out", {
    timeout: 60_000,
  }, () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc
        .constantFrom(
          "\u001b[",
          "\u001b]0;",
          "\u009b2J",
          "\u001bP",
          "\r",
          "\n",
          "\u0007",
          "31m",
          "日本",
          "\u202e",
        )
        .map((part) => Buffer.from(part)),
    );
    const bytes = fc.array(piece, { maxLength: 30 }).map((parts) => Buffer.concat(parts));
    fc.assert(
      fc.property(fc.array(fc.tuple(bytes, anyStatus()), { maxLength: 5 }), (messages) => {
        const text = createTtyText({ size });
        let output = "";
        for (const [data, message] of messages) {
          const name = data.toString();
          text.update(message, 0);
          text.update(status({ vertexes: [vertex({ name })], logs: [{ ...log(""), data }] }), 0);
          text.update(status({ warnings: [warning({ short: name })] }), 0);
          output += text.paint(1000);
        }
        text.update(status({ vertexes: [vertex({ name: "x", error: "exit code: 1" })] }), 0);
        output += text.end(2000);
        // Up, to a column, clear a line, clear below, wrapping on, show the cursor, colours.
        // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of control characters
        const own = /\u001b\[(?:\d+[AG]|2K|J|\?7h|\?25h|[0-9:;]*m)/g;
        const rest = output.replaceAll(BEGIN, "").replace(own, "").replaceAll("\r\n", "\n");
        expect(rest).not.toMatch(/[^\P{Cc}\n\t]|[\u2028-\u202e\u2066-\u2069]/u);
      }),
      { numRuns: 200 },
    );
  });
});
