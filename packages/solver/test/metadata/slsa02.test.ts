// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { toSlsa02 } from "../../src/metadata/slsa02.js";

test("toSlsa02() puts what SLSA 1 says where SLSA 0.2 has it", () => {
  const request = { frontend: "dockerfile.v0", locals: [{ name: "context" }] };
  const predicate = {
    buildDefinition: {
      buildType: "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",
      externalParameters: {
        configSource: { uri: "https://example/app.git", digest: { sha1: "abc" }, path: "Dockerfile" },
        request,
      },
      internalParameters: {
        builderPlatform: "linux/amd64",
        dockerfileVersion: "1.14",
        buildConfig: { llbDefinition: [] },
        region: "eu",
      },
      resolvedDependencies: [{ uri: "pkg:docker/alpine@3", digest: { sha256: "def" }, name: "dropped" }],
    },
    runDetails: {
      builder: { id: "me" },
      metadata: {
        invocationID: "i",
        startedOn: "2026-01-01T00:00:00Z",
        finishedOn: "2026-01-01T00:00:01Z",
        buildkit_metadata: { vcs: { source: "x" } },
        buildkit_completeness: { request: true, resolvedDependencies: false },
      },
    },
  };

  expect(toSlsa02(predicate)).toEqual({
    builder: { id: "me" },
    buildType: "https://mobyproject.org/buildkit@v1",
    materials: [{ uri: "pkg:docker/alpine@3", digest: { sha256: "def" } }],
    invocation: {
      configSource: { uri: "https://example/app.git", digest: { sha1: "abc" }, entryPoint: "Dockerfile" },
      parameters: request,
      environment: { platform: "linux/amd64", dockerfileVersion: "1.14", region: "eu" },
    },
    buildConfig: { llbDefinition: [] },
    metadata: {
      buildInvocationID: "i",
      buildStartedOn: "2026-01-01T00:00:00Z",
      buildFinishedOn: "2026-01-01T00:00:01Z",
      completeness: { parameters: true, environment: true, materials: false },
      reproducible: false,
      "https://mobyproject.org/buildkit@v1#metadata": { vcs: { source: "x" } },
    },
  });
});
