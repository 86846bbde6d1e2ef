// SPDX-License-Identifier: Apache-2.0
import { Readable } from "node:stream";
import { SolveRequestSchema } from "@bk/proto/control";
import { SolveRequest } from "@bk/proto/control-codec";
import { fromBinary, toJson } from "@bufbuild/protobuf";
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
      entitlements: [],
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
      pull: true,
      run: {
        network: "host",
        hosts: { a: ["192.0.2.1", "2001:db8::1"] },
        shmSize: 1024,
        ulimits: { nproc: 64, nofile: { soft: 1, hard: 2 } },
        cgroupParent: "builds",
      },
      namedContexts: {
        "docker.io/library/alpine:latest": "docker-image://alpine:3.19",
        context: "/assets",
        src: "https://host/app.git?ref=main",
      },
      annotations: { "a.b": "c" },
      attestations: {
        sbom: { generator: "scanner" },
        provenance: { mode: "max", attrs: { "builder-id": "x,y" } },
      },
      sourcePolicy: { rules: [] },
      frontend: { image: "host/frontend:1", attrs: { custom: "z" } },
      exports: [{ type: "image", push: true, attrs: { compression: "zstd" } }],
    });
    const attrs = {
      "annotation.a.b": "c",
      compression: "zstd",
      name: "docker.io/library/app:latest,docker.io/library/app:2",
      push: "true",
    };
    expect(everything).toEqual({
      ref: "ref1",
      session: "session1",
      frontend: "gateway.v0",
      frontendAttrs: {
        source: "host/frontend:1",
        custom: "z",
        filename: "app.Dockerfile",
        target: "build",
        platform: "linux/amd64,linux/arm64",
        "no-cache": "",
        "image-resolve-mode": "pull",
        "force-network-mode": "host",
        "add-hosts": "a=192.0.2.1,a=2001:db8::1",
        "shm-size": "1024",
        ulimit: "nofile=1:2,nproc=64:64",
        "cgroup-parent": "builds",
        "context:alpine": "docker-image://alpine:3.19",
        "context:context": "local:_context",
        "sharedkey:localdir:context": expect.stringMatching(/^[0-9a-f]{64}$/),
        "context:src": "https://host/app.git?ref=main",
        "frontend.caps":
          "moby.buildkit.frontend.contexts+forward,moby.buildkit.frontend.gitquerystring+forward",
        "attest:sbom": "type=sbom,generator=scanner",
        "attest:provenance": 'type=provenance,"builder-id=x,y",mode=max',
        "build-arg:VERSION": "1=2",
        "build-arg:EMPTY": "",
        "label:org.example.a": "b",
      },
      exporters: [{ type: "image", attrs }],
      exporterDeprecated: "image",
      exporterAttrsDeprecated: attrs,
      entitlements: ["network.host"],
      sourcePolicy: { version: 1n, rules: [] },
      cache: { imports: [], exports: [] },
    });
  });

  test("names stages to run again, and no stage without any", () => {
    const noCache = (value: SolveOptions["noCache"]) => request({ contextDir: "/ctx", noCache: value });
    expect(noCache(["one", "two"]).frontendAttrs).toMatchObject({ "no-cache": "one,two" });
    expect(noCache([]).frontendAttrs).toEqual({ filename: "Dockerfile" });
  });

  test("hands the Dockerfile to the frontend of BUILDKIT_SYNTAX, whatever its first line asks for", () => {
    const syntax = "docker/dockerfile:1 --flag";
    const { frontend, frontendAttrs } = request({
      contextDir: "/ctx",
      buildArgs: { BUILDKIT_SYNTAX: syntax },
    });
    expect(frontend).toBe("gateway.v0");
    expect(frontendAttrs).toEqual({
      filename: "Dockerfile",
      source: "docker/dockerfile:1",
      cmdline: syntax,
      "build-arg:BUILDKIT_SYNTAX": syntax,
    });
  });

  test("asks for the provenance of docker buildx where the daemon and the export can hold it", () => {
    const provenance = (type: "image" | "moby" | "docker", storesIndexes: boolean) => {
      const entry = type === "docker" ? ({ type, dest: "app.tar" } as const) : { type };
      const options = { contextDir: "/ctx", exports: [entry], attestations: { provenance: "auto" } } as const;
      const worker = { storesIndexes, hostGateway: undefined };
      const { frontendAttrs } = createSolveRequest(resolveSolveOptions(options), { ...ids, worker });
      return frontendAttrs?.["attest:provenance"];
    };
    expect(provenance("image", true)).toBe("mode=min,inline-only=true");
    expect(provenance("moby", true)).toBe("mode=min,inline-only=true");
    expect(provenance("moby", false)).toBeUndefined();
    expect(provenance("docker", true)).toBeUndefined();
  });

  test("puts the daemon's address in the place of host-gateway, and fails without one", () => {
    const options = resolveSolveOptions({ contextDir: "/ctx", run: { hosts: { machine: "host-gateway" } } });
    const worker = { storesIndexes: true, hostGateway: "172.17.0.1" };
    expect(createSolveRequest(options, { ...ids, worker }).frontendAttrs).toMatchObject({
      "add-hosts": "machine=172.17.0.1",
    });
    expect(() => createSolveRequest(options, ids)).toThrow(
      expect.objectContaining({ code: "BK_UNSUPPORTED" }),
    );
  });

  test("looks up local images first when the result stays in that Docker", () => {
    const moby = request({ contextDir: "/ctx", exports: [{ type: "moby" }] });
    expect(moby.frontendAttrs).toEqual({ filename: "Dockerfile", "image-resolve-mode": "local" });
    expect(moby.exporters).toEqual([{ type: "moby", attrs: {} }]);
  });

  test("is a message of the protocol", () => {
    const sent = request({ contextDir: "/ctx", exports: [{ type: "moby" }] });
    const bytes = SolveRequest.encode(SolveRequest.fromPartial(sent)).finish();
    const message = fromBinary(SolveRequestSchema, bytes);
    expect(toJson(SolveRequestSchema, message)).toMatchObject({ Ref: "ref1", ExporterDeprecated: "moby" });
  });

  test("names the URL of an archive, and whose Dockerfile is meant", () => {
    const contextUrl = "http://buildkit-session/abc";
    const attrs = (options: SolveOptions) =>
      createSolveRequest(resolveSolveOptions(options), { ...ids, contextUrl }).frontendAttrs;

    expect(attrs({ context: "https://host/app.git?ref=v1", dockerfile: "/local/Dockerfile" })).toEqual({
      context: contextUrl,
      dockerfilekey: "dockerfile",
      filename: "Dockerfile",
      "frontend.caps": "moby.buildkit.frontend.gitquerystring",
    });
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
