// SPDX-License-Identifier: Apache-2.0
import { SolveResponseSchema } from "@bk/proto/control";
import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { toBuildResult } from "../src/build-result.js";

describe("toBuildResult()", () => {
  test("names the image's digests", () => {
    const exporterResponse = {
      "containerimage.digest": "sha256:1",
      "containerimage.config.digest": "sha256:2",
      "image.name": "docker.io/library/app:latest",
    };
    expect(toBuildResult("ref1", create(SolveResponseSchema, { exporterResponse }))).toEqual({
      ref: "ref1",
      imageDigest: "sha256:1",
      configDigest: "sha256:2",
      exporterResponse,
    });
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
