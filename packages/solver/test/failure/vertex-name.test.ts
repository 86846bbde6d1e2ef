// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { parseVertexName } from "../../src/failure/vertex-name.js";

const nothing = { platform: undefined, stage: undefined, step: undefined };

describe("parseVertexName()", () => {
  test.each([
    [
      "[build 3/4] RUN make",
      { ...nothing, stage: "build", step: { number: 3, total: 4 }, command: "RUN make" },
    ],
    ["[2/3] COPY . .", { ...nothing, step: { number: 2, total: 3 }, command: "COPY . ." }],
    ["[base  1/12] FROM x", { ...nothing, stage: "base", step: { number: 1, total: 12 }, command: "FROM x" }],
    [
      "[linux/amd64->arm64 build 3/4] RUN make",
      { platform: "linux/amd64->arm64", stage: "build", step: { number: 3, total: 4 }, command: "RUN make" },
    ],
    [
      "[linux/arm64 1/2] RUN a",
      { ...nothing, platform: "linux/arm64", step: { number: 1, total: 2 }, command: "RUN a" },
    ],
    ["[internal] load build context", { ...nothing, command: "load build context" }],
    ["exporting to image", { ...nothing, command: "exporting to image" }],
    ["[not closed", { ...nothing, command: "[not closed" }],
    ["", { ...nothing, command: "" }],
  ])("%j", (name, expected) => {
    expect(parseVertexName(name)).toEqual(expected);
  });
});
