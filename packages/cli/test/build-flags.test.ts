// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { toBuildOptions } from "../src/build-flags.js";

describe("toBuildOptions()", () => {
  test("takes build args from the command line and the environment", () => {
    const buildArg = ["A=1", "B=x=y", "FROM_ENV", "NOT_THERE", "EMPTY="];
    const { buildArgs } = toBuildOptions(".", { cache: true, buildArg }, { FROM_ENV: "e" });
    expect(buildArgs).toEqual({ A: "1", B: "x=y", FROM_ENV: "e", EMPTY: "" });
  });

  test("gives a label without a value an empty one", () => {
    const { labels } = toBuildOptions(".", { cache: true, label: ["a=b", "c"] }, {});
    expect(labels).toEqual({ a: "b", c: "" });
  });

  test("keeps the order of tags and turns --no-cache round", () => {
    const options = toBuildOptions("dir", { cache: false, tag: ["b", "a"], file: "x/Dockerfile" }, {});
    expect(options).toMatchObject({
      contextDir: "dir",
      tag: ["b", "a"],
      dockerfile: "x/Dockerfile",
      noCache: true,
    });
  });

  test.each(["=x", ""])("refuses the label %j", (label) => {
    expect(() => toBuildOptions(".", { cache: true, label: [label] }, {})).toThrow("--label");
  });
});
