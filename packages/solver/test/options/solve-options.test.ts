// SPDX-License-Identifier: Apache-2.0
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { resolveSolveOptions, type SolveOptions } from "../../src/options/solve-options.js";

const open = () => {
  throw new Error("nothing is exported here");
};

function refusal(options: SolveOptions): { option: unknown; message: string } {
  try {
    resolveSolveOptions(options);
  } catch (error) {
    expect(error).toMatchObject({ name: "SolverError", code: "BK_OPTIONS_INVALID" });
    const { option, message } = error as { option: unknown; message: string };
    return { option, message };
  }
  throw new Error("the options were accepted");
}

describe("resolveSolveOptions()", () => {
  test("needs a context only", () => {
    expect(resolveSolveOptions({ contextDir: "." })).toEqual({
      context: { kind: "disk", dir: resolve(".") },
      dockerfile: { kind: "disk", dir: resolve("."), filename: "Dockerfile" },
      secrets: new Map(),
      ssh: new Map(),
      tags: [],
      platforms: [],
      buildArgs: {},
      labels: {},
      target: undefined,
      noCache: [],
      pull: false,
      namedContexts: new Map(),
      run: {
        network: undefined,
        resources: {},
        hosts: [],
        shmSize: undefined,
        ulimits: [],
        cgroupParent: undefined,
      },
      entitlements: [],
      attestations: { sbom: undefined, provenance: undefined, autoProvenance: false },
      sourcePolicy: undefined,
      frontend: { name: "dockerfile.v0", attrs: {} },
      exports: [],
      cacheFrom: [],
      cacheTo: [],
    });
  });

  test("takes a Dockerfile's path from the working directory, as docker buildx does", () => {
    expect(
      resolveSolveOptions({ contextDir: "/ctx", dockerfile: "docker/app.Dockerfile" }).dockerfile,
    ).toEqual({
      kind: "disk",
      dir: join(resolve("."), "docker"),
      filename: "app.Dockerfile",
    });
  });

  test("takes a Dockerfile's text", () => {
    expect(
      resolveSolveOptions({ contextDir: "/ctx", dockerfile: { text: "FROM scratch" } }).dockerfile,
    ).toEqual({
      kind: "memory",
      text: "FROM scratch",
      filename: "Dockerfile",
    });
  });

  test("spells tags and platforms out", () => {
    const options = {
      contextDir: "/ctx",
      tags: ["app", "ghcr.io/me/app:1"],
      platform: ["aarch64", "linux/arm64/v8"],
    };
    const resolved = resolveSolveOptions(options);
    expect(resolved.tags).toEqual(["docker.io/library/app:latest", "ghcr.io/me/app:1"]);
    expect(resolved.platforms).toEqual(["linux/arm64"]);
  });

  test("looks for the Dockerfile in a context that is a stream", () => {
    const context = Readable.from([]);
    expect(resolveSolveOptions({ context, dockerfile: "docker/app" })).toMatchObject({
      context: { kind: "stream", body: context },
      dockerfile: { kind: "context", filename: "docker/app" },
    });
  });

  test("needs one context, and a stream for one thing only", () => {
    const body = Readable.from([]);
    expect(refusal({})).toMatchObject({ option: "contextDir" });
    expect(refusal({ contextDir: "/ctx", context: body })).toMatchObject({ option: "context" });
    expect(refusal({ context: body, dockerfile: body })).toMatchObject({ option: "dockerfile" });
    body.destroy();
    expect(refusal({ context: body }).message).toContain("has ended before the build");
  });

  test.each<[string, Partial<SolveOptions>, string, string]>([
    ["a secret without an id", { secrets: { "": { value: "x" } } }, "secrets", "id"],
    ["a secret in no file", { secrets: { a: { file: "" } } }, "secrets.a.file", '""'],
    ["an agent without an id", { ssh: { "": {} } }, "ssh", "id"],
    ["an agent without keys", { ssh: { a: { keyFiles: [] } } }, "ssh.a.keyFiles", "no key files"],
    ["an empty context", { contextDir: "" }, "contextDir", '""'],
    ["a context with a NUL", { contextDir: "a\0b" }, "contextDir", "not a path"],
    ["a bad tag", { tags: ["ok", "Not/OK"] }, "tags[1]", "Not/OK"],
    ["a tag with a digest", { tags: [`a@sha256:${"0".repeat(64)}`] }, "tags[0]", "digest"],
    ["a bad platform", { platform: "linux/*" }, "platform", "linux/*"],
    ["a bad platform of several", { platform: ["linux/amd64", "x y"] }, "platform[1]", "x y"],
    ["a build arg without a name", { buildArgs: { "": "x" } }, "buildArgs", '""'],
    ["a build arg with = in its name", { buildArgs: { "A=B": "x" } }, "buildArgs", "A=B"],
    ["a label with a space in its name", { labels: { "a b": "x" } }, "labels", "a b"],
    ["an empty target", { target: "" }, "target", '""'],
    ["a target of two words", { target: "a b" }, "target", "a b"],
    ["two stages in one name", { noCache: ["a,b"] }, "noCache[0]", "one stage"],
    ["an unknown entitlement", { entitlements: ["root"] }, "entitlements[0]", "root"],
    [
      "buildx's own entitlement",
      { entitlements: ["buildx.local.delete"] },
      "entitlements[0]",
      "no entitlement",
    ],
    ["text for a context that is no URL", { contextDir: undefined, context: "." }, "context", "contextDir"],
    [
      "attestations in a docker tar",
      { attestations: { sbom: true }, exports: [{ type: "docker", open }] },
      "attestations",
      "docker export",
    ],
    ["text that is no Unicode", { target: "\ud800" }, "target", "Unicode"],
    ["an empty Dockerfile path", { dockerfile: "" }, "dockerfile", '""'],
    ["a push to nowhere", { exports: [{ type: "image", push: true }] }, "tags", "at least one tag"],
    [
      "two platforms in one docker tar",
      { platform: ["linux/amd64", "linux/arm64"], exports: [{ type: "docker", open }] },
      "platform",
      "one platform, not 2",
    ],
  ])("refuses %s", (_, options, option, shown) => {
    const error = refusal({ contextDir: "/ctx", ...options });
    expect(error.option).toBe(option);
    expect(error.message).toContain(shown);
  });

  test("refuses what callers without types may pass", () => {
    const untyped = JSON.parse('{ "contextDir": "/ctx", "buildArgs": { "TOKEN": 12345 } }');
    expect(refusal(untyped)).toEqual({
      option: "buildArgs.TOKEN",
      message: "buildArgs.TOKEN must be text, not number",
    });
    const secret = JSON.parse('{ "contextDir": "/ctx", "secrets": { "npm": "hunter2" } }');
    expect(refusal(secret)).toEqual({
      option: "secrets.npm",
      message: "secrets.npm is not a file, env, value or callback",
    });
    const noCache = JSON.parse('{ "contextDir": "/ctx", "noCache": "step" }');
    expect(refusal(noCache)).toMatchObject({ option: "noCache" });
    const context = JSON.parse('{ "contextDir": "/ctx", "namedContexts": { "src": 1 } }');
    expect(refusal(context)).toMatchObject({ option: "namedContexts.src" });
    const type = JSON.parse('{ "contextDir": "/ctx", "exports": [{ "type": "tarball" }] }');
    expect(refusal(type).message).toContain('There is no export type "tarball"');
  });

  test("takes build args that are null from the environment, and leaves out those that are not there", () => {
    const options = { contextDir: "/ctx", buildArgs: { A: null, B: null, C: "" } };
    expect(resolveSolveOptions(options, { A: "a" }).buildArgs).toEqual({ A: "a", C: "" });
  });

  test("never shows the value of a build arg", () => {
    expect(refusal({ contextDir: "/ctx", buildArgs: { TOKEN: "hunter2\ud800" } }).message).not.toContain(
      "hunter2",
    );
  });
});
