// SPDX-License-Identifier: Apache-2.0
import { SolveResponseSchema } from "@bk/proto/control";
import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { toBuildResult } from "../src/build-result.js";

const IMAGE = `sha256:${"1".repeat(64)}`;
const CONFIG = `sha256:${"2".repeat(64)}`;

describe("toBuildResult()", () => {
  test("names the image's digests", () => {
    const exporterResponse = {
      "containerimage.digest": IMAGE,
      "containerimage.config.digest": CONFIG,
      "image.name": "docker.io/library/app:latest",
    };
    expect(toBuildResult("ref1", create(SolveResponseSchema, { exporterResponse }))).toEqual({
      ref: "ref1",
      imageDigest: IMAGE,
      configDigest: CONFIG,
      exporterResponse,
    });
  });

  test("passes on no digest that is not one", () => {
    const exporterResponse = { "containerimage.digest": "\u001b[2Jsha256:x" };
    expect(
      toBuildResult("ref1", create(SolveResponseSchema, { exporterResponse })).imageDigest,
    ).toBeUndefined();
  });

  test("has no digests when nothing was exported", () => {
    expect(toBuildResult("ref1", create(SolveResponseSchema))).toEqual({
      ref: "ref1",
      imageDigest: undefined,
      configDigest: undefined,
      exporterResponse: {},
    });
  });
});
