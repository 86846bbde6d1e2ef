// SPDX-License-Identifier: Apache-2.0
import { SolveResponseSchema } from "@bk/proto/control";
import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { toBuildResult } from "../src/build-result.js";
import type { ResolvedExport } from "../src/options/exports/resolved-export.js";

const IMAGE = `sha256:${"1".repeat(64)}`;
const CONFIG = `sha256:${"2".repeat(64)}`;

describe("toBuildResult()", () => {
  test("names the image's digests", () => {
    const exporterResponse = {
      "containerimage.digest": IMAGE,
      "containerimage.config.digest": CONFIG,
      "image.name": "docker.io/library/app:latest",
    };
    expect(toBuildResult("ref1", create(SolveResponseSchema, { exporterResponse }), [])).toEqual({
      ref: "ref1",
      imageDigest: IMAGE,
      configDigest: CONFIG,
      imageId: CONFIG,
      exporterResponse,
    });
  });

  const both = { "containerimage.digest": IMAGE, "containerimage.config.digest": CONFIG };
  const described = { ...both, "containerimage.descriptor": "e30=" };

  test.each<[string, ResolvedExport["type"], object, object, string]>([
    ["a registry", "image", {}, described, CONFIG],
    ["Docker's containerd store", "moby", {}, described, IMAGE],
    ["Docker's classic store", "moby", {}, { ...both, "containerimage.digest": CONFIG }, CONFIG],
    ["a Docker that it is loaded into", "oci", { "prefer-image-digest": "true" }, described, IMAGE],
    ["a tar", "oci", {}, described, CONFIG],
    ["nowhere but in the daemon", "image", {}, { "containerimage.digest": IMAGE }, IMAGE],
  ])("has the ID that the image has in %s", (_, type, attrs, exporterResponse, id) => {
    const response = create(SolveResponseSchema, { exporterResponse: { ...exporterResponse } });
    const exports = [{ type, attrs: { ...attrs }, receiver: undefined }];
    expect(toBuildResult("ref1", response, exports).imageId).toBe(id);
  });

  test("reports no configuration to whom it leads nowhere", () => {
    const exports = [{ type: "oci", attrs: { "prefer-image-digest": "true" }, receiver: undefined }] as const;
    const result = toBuildResult("ref1", create(SolveResponseSchema, { exporterResponse: both }), exports);
    expect(result).toMatchObject({
      configDigest: CONFIG,
      exporterResponse: { "containerimage.digest": IMAGE },
    });
    expect(result.exporterResponse).not.toHaveProperty(["containerimage.config.digest"]);
  });

  test("passes on no digest that is not one", () => {
    const exporterResponse = { "containerimage.digest": "\u001b[2Jsha256:x" };
    expect(
      toBuildResult("ref1", create(SolveResponseSchema, { exporterResponse }), []).imageDigest,
    ).toBeUndefined();
  });

  test("has no digests when nothing was exported", () => {
    expect(toBuildResult("ref1", create(SolveResponseSchema), [])).toEqual({
      ref: "ref1",
      imageDigest: undefined,
      configDigest: undefined,
      imageId: undefined,
      exporterResponse: {},
    });
  });
});
