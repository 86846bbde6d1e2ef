// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { readPalette } from "../../src/tty/palette.js";

const DEFAULT = { run: "34", cancel: "33", error: "31", warning: "33", faint: "2" };

test("has docker's colours, and none with NO_COLOR", () => {
  expect(readPalette({}, "linux")).toEqual(DEFAULT);
  expect(readPalette({}, "win32").run).toBe("36");
  expect(readPalette({ NO_COLOR: "" }, "linux")).toEqual(DEFAULT);
  expect(Object.values(readPalette({ NO_COLOR: "1", BUILDKIT_COLORS: "run=red" }))).toEqual([
    "",
    "",
    "",
    "",
    "",
  ]);
});

test.each([
  ["run=green:error=light-red", { run: "32", error: "91" }],
  ["RUN=Magenta", { run: "35" }],
  ['warning="255,128,0":cancel=0,0,0', { warning: "38;5;214", cancel: "38;5;16" }],
  ["run=default", { run: "39" }],
  ["run=orange:error=256,0,0:warning=1,2:else=red:run=red=blue:run", {}],
])("BUILDKIT_COLORS=%s", (value, changed) => {
  expect(readPalette({ BUILDKIT_COLORS: value }, "linux")).toEqual({ ...DEFAULT, ...changed });
});
