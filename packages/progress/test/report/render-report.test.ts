// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { toEmbeddedJson } from "../../src/report/html.js";
import { renderReport } from "../../src/report/render-report.js";
import { failedBuild, largeBuild, smallBuild, toReport, toStatuses } from "./sample-builds.js";

const HOSTILE = [
  "</script><script>alert(1)</script>",
  "<!-- <script>",
  "]]>",
  "\u2028\u2029",
  "\ud800",
  "'\" onload=alert(1) &lt;",
].join("");

function read<T>(html: string, id: string): T {
  const found = new RegExp(`<script type="application/json" id="${id}">([^<]*)</script>`).exec(html);
  return JSON.parse(found?.[1] ?? "null");
}

describe("renderReport()", () => {
  test("holds the steps and, apart from them, their output", () => {
    const data = smallBuild();
    const html = renderReport(data);
    const { steps } = read<{ steps: { command: string; log: string }[] }>(html, "report-data");
    expect(steps.map(({ command }) => command)).toEqual(data.steps.map(({ command }) => command));
    expect(steps.every(({ log }) => log === "")).toBe(true);
    expect(read<string[]>(html, "report-logs")).toEqual(data.steps.map(({ log }) => log));
  });

  test("allows its own script and style alone, by their hashes", () => {
    const html = renderReport(smallBuild());
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
    const hash = (text = "") => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `script-src ${hash(/<script>([\s\S]*?)<\/script>/.exec(html)?.[1])}`,
      `style-src ${hash(/<style>([\s\S]*?)<\/style>/.exec(html)?.[1])}`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(html).not.toMatch(/<[^>]+ (?:style|on\w+)=/);
  });

  test("lets nothing that a build says be markup", () => {
    const name = `[1/1] RUN ${HOSTILE}`;
    const statuses = toStatuses({ a: { name, from: 0, to: 1, log: HOSTILE, error: HOSTILE } });
    const html = renderReport(toReport(statuses, { title: HOSTILE, ref: HOSTILE, outcome: "failed" }));
    expect(html.match(/<script/g)).toHaveLength(3);
    expect(html.match(/<\/script/g)).toHaveLength(3);
    expect(html).not.toContain("<!--");
    expect(html).not.toContain("alert(1)</");
    const { steps } = read<{ steps: { command: string }[] }>(html, "report-data");
    expect(steps[0]?.command).toBe(`RUN ${HOSTILE.replace(/[\u2028\u2029]/g, " ")}`);
  });

  test("shows how the build ended without a script", () => {
    const html = renderReport(failedBuild());
    const body = html.slice(html.indexOf("<body>"), html.indexOf("report-data"));
    expect(body).toContain("Failed");
    expect(body).toContain("Dockerfile:12");
    expect(body).toContain("Found 2 errors.");
  });

  test("stays small for 2,000 steps", () => {
    expect(renderReport(largeBuild()).length).toBeLessThan(2_000_000);
  });
});

test("toEmbeddedJson() is JSON of the same value, without what could end a script", () => {
  const json = toEmbeddedJson({ [HOSTILE]: [HOSTILE] });
  expect(json).not.toMatch(/[<\u2028\u2029\ud800-\udfff]/);
  expect(JSON.parse(json)).toEqual({ [HOSTILE]: [HOSTILE] });
});
