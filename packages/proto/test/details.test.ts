// SPDX-License-Identifier: Apache-2.0
// Error details arrive as JSON, so a JSON name that differs from the daemon's loses data without an error.

import { SolveSchema, SourceSchema } from "@bk/proto/errdefs";
import { ExitMessageSchema } from "@bk/proto/gateway";
import { FrameSchema } from "@bk/proto/stack";
import { fromJson } from "@bufbuild/protobuf";
import { expect, test } from "vitest";

test("an exit code is read from the daemon's JSON", () => {
  expect(fromJson(ExitMessageSchema, { Code: 2 }).code).toBe(2);
});

test("a failed command is read from the daemon's JSON", () => {
  const op = {
    exec: { meta: { args: ["/bin/sh", "-c", "make"] }, mounts: [{ dest: "/", mountType: "BIND" }] },
  };
  const solve = fromJson(SolveSchema, { inputIDs: ["in"], mountIDs: ["out", ""], op });
  expect(solve.inputIds).toEqual(["in"]);
  expect(solve.mountIds).toEqual(["out", ""]);
  expect(solve.op?.op).toMatchObject({ case: "exec", value: { meta: { args: ["/bin/sh", "-c", "make"] } } });
});

test("a place in a Dockerfile is read from the daemon's JSON", () => {
  const source = fromJson(SourceSchema, {
    info: { filename: "Dockerfile", data: "RlJPTSBzY3JhdGNoCg==", language: "Dockerfile" },
    ranges: [{ start: { line: 5 }, end: { line: 6, character: 5 } }],
  });
  expect(new TextDecoder().decode(source.info?.data)).toBe("FROM scratch\n");
  expect(source.ranges[0]?.end).toMatchObject({ line: 6, character: 5 });
});

test("a stack frame is read from the daemon's JSON", () => {
  expect(fromJson(FrameSchema, { Name: "main.main", File: "main.go", Line: 7 })).toMatchObject({
    name: "main.main",
    file: "main.go",
    line: 7,
  });
});
