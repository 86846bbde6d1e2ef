// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { annotateExports } from "../../src/options/annotations.js";

const image = { type: "image", attrs: { push: "true" }, receiver: undefined } as const;
const files = { type: "local", attrs: {}, receiver: undefined } as const;

describe("annotateExports()", () => {
  test("annotates images where it is said, and files never", () => {
    const annotations = { "a.b": "1", "index,manifest[linux/x86_64]:c": "2" };
    expect(annotateExports([image, files], annotations)).toEqual([
      {
        ...image,
        attrs: {
          push: "true",
          "annotation.a.b": "1",
          "annotation-index.c": "2",
          "annotation-manifest[linux/amd64].c": "2",
        },
      },
      files,
    ]);
  });

  test.each([
    { what: "nothing to annotate", exports: [files], annotations: { a: "b" }, option: "annotations" },
    {
      what: "an unknown place",
      exports: [image],
      annotations: { "top:a": "b" },
      option: "annotations.top:a",
    },
  ])("refuses $what", ({ exports, annotations, option }) => {
    expect(() => annotateExports(exports, annotations)).toThrow(
      expect.objectContaining({ code: "BK_OPTIONS_INVALID", option }),
    );
  });
});
