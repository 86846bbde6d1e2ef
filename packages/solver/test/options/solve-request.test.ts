// SPDX-License-Identifier: Apache-2.0
import { Readable } from "node:stream";
import { SolveRequestSchema } from "@bk/proto/control";
import { create, toJson } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { resolveSolveOptions, type SolveOptions } from "../../src/options/solve-options.js";
import { createSolveRequest } from "../../src/options/solve-request.js";

const ids = { ref: "ref1", sessionId: "session1" };

function request(options: SolveOptions) {
  return createSolveRequest(resolveSolveOptions(options), ids);
}

describe("createSolveRequest()", () => {
  test("asks for a Dockerfile build with nothing that was not asked for", () => {
    expect(request({ contextDir: "/ctx" })).toEqual({
      ref: "ref1",
      session: "session1",
      frontend: "dockerfile.v0",
      frontendAttrs: { filename: "Dockerfile" },
      exporters: [],
      cache: { imports: [], exports: [] },
    });
  });

  test("carries every option", () => {
    const everything = request({
      contextDir: "/ctx",
      dockerfile: "/elsewhere/app.Dockerfile",
      tags: ["app", "app:2"],
      platform: ["linux/amd64", "linux/arm64"],
      buildArgs: { VERSION: "1=2", EMPTY: "" },
      labels: { "org.example.a": "b" },
      target: "build",
      noCache: true,
      exports: [{ type: "image", push: true, attrs: { compression: "zstd" } }],
    });
    const attrs = {
      compression: "zstd",
      name: "docker.io/library/app:latest,docker.io/library/app:2",
      push: "true",
    };
    expect(everything).toEqual({
      ref: "ref1",
      session: "session1",
      frontend: "dockerfile.v0",
      frontendAttrs: {
        filename: "app.Dockerfile",
        target: "build",
        platform: "linux/amd64,linux/arm64",
        "no-cache": "",
        "build-arg:VERSION": "1=2",
        "build-arg:EMPTY": "",
        "label:org.example.a": "b",
      },
      exporters: [{ type: "image", attrs }],
      exporterDeprecated: "image",
      exporterAttrsDeprecated: attrs,
      cache: { imports: [], exports: [] },
    });
  });

  test("looks up local images first when the result stays in that Docker", () => {
    const moby = request({ contextDir: "/ctx", exports: [{ type: "moby" }] });
    expect(moby.frontendAttrs).toEqual({ filename: "Dockerfile", "image-resolve-mode": "local" });
    expect(moby.exporters).toEqual([{ type: "moby", attrs: {} }]);
  });

  test("is a message of the protocol", () => {
    const message = create(SolveRequestSchema, request({ contextDir: "/ctx", exports: [{ type: "moby" }] }));
    expect(toJson(SolveRequestSchema, message)).toMatchObject({ Ref: "ref1", ExporterDeprecated: "moby" });
  });

  test("names the URL of an archive, and whose Dockerfile is meant", () => {
    const contextUrl = "http://buildkit-session/abc";
    const attrs = (options: SolveOptions) =>
      createSolveRequest(resolveSolveOptions(options), { ...ids, contextUrl }).frontendAttrs;

    expect(attrs({ context: Readable.from([]), dockerfile: "docker/app" })).toEqual({
      context: contextUrl,
      filename: "docker/app",
    });
    expect(attrs({ context: Readable.from([]), dockerfile: { text: "FROM scratch" } })).toEqual({
      context: contextUrl,
      dockerfilekey: "dockerfile",
      filename: "Dockerfile",
    });
  });
});
