// SPDX-License-Identifier: Apache-2.0
import { tree } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { type InputFlags, toInputOptions } from "../src/input-flags.js";

function options(flags: Partial<InputFlags>, env = {}) {
  return toInputOptions({ cache: true, ...flags }, env);
}

describe("toInputOptions()", () => {
  test("says nothing that was not said, but what docker buildx does by default", async () => {
    expect(await options({})).toEqual({
      namedContexts: {},
      run: { hosts: {}, ulimits: {} },
      entitlements: [],
      annotations: {},
      attestations: { provenance: "auto" },
    });
  });

  test("reads hosts, limits and sizes", async () => {
    const { run } = await options({
      addHost: ["a:192.0.2.1,b=192.0.2.2", "a:[2001:db8::1]", "m:host-gateway"],
      ulimit: ["nofile=1024:2048", "nproc=64", "core=-1"],
      shmSize: "128m",
      network: "host",
      cgroupParent: "builds",
    });
    expect(run).toEqual({
      network: "host",
      hosts: { a: ["192.0.2.1", "2001:db8::1"], b: ["192.0.2.2"], m: ["host-gateway"] },
      shmSize: 128 << 20,
      ulimits: {
        nofile: { soft: 1024, hard: 2048 },
        nproc: { soft: 64, hard: 64 },
        core: { soft: -1, hard: -1 },
      },
      cgroupParent: "builds",
    });
  });

  test("reads contexts, platforms, stages, entitlements and annotations", async () => {
    const flags = {
      buildContext: ["alpine:latest=docker-image://alpine:3.19", "src=.."],
      platform: ["linux/amd64,linux/arm64", "linux/riscv64"],
      noCacheFilter: ["one,two", "three"],
      allow: ["network.host", "buildx.local.delete", "", "device=vendor.com/device=x"],
      annotation: ["index:org.example.a=b=c"],
      pull: true,
    };
    expect(await options(flags)).toMatchObject({
      namedContexts: { alpine: "docker-image://alpine:3.19", src: ".." },
      platform: ["linux/amd64", "linux/arm64", "linux/riscv64"],
      noCache: ["one", "two", "three"],
      entitlements: ["network.host", "device=vendor.com/device=x"],
      annotations: { "index:org.example.a": "b=c" },
      pull: true,
    });
    const env = { DOCKER_DEFAULT_PLATFORM: "linux/s390x" };
    expect(await options({}, env)).toMatchObject({ platform: ["linux/s390x"] });
    expect(await options(flags, env)).not.toMatchObject({ platform: ["linux/s390x"] });
    expect(await options({ cache: false })).toMatchObject({ noCache: true });
    await expect(options({ cache: false, noCacheFilter: ["one"] })).rejects.toThrow("--no-cache-filter");
  });

  test.each<[string, Partial<InputFlags>, Record<string, string>, unknown]>([
    ["--provenance=false", { provenance: "false" }, {}, { provenance: false }],
    [
      "--provenance=mode=max",
      { provenance: "mode=max,builder-id=x" },
      {},
      { provenance: { mode: "max", attrs: { "builder-id": "x" } } },
    ],
    ["--sbom=true", { sbom: "true" }, {}, { provenance: "auto", sbom: { attrs: {} } }],
    ["--sbom=generator=x", { sbom: "generator=x,A=b" }, {}, { sbom: { generator: "x", attrs: { A: "b" } } }],
    [
      "--attest twice, of which the first counts",
      { attest: ["type=provenance,disabled=true"], provenance: "true" },
      {},
      { provenance: false },
    ],
    ["BUILDX_NO_DEFAULT_ATTESTATIONS=1", {}, { BUILDX_NO_DEFAULT_ATTESTATIONS: "1" }, { provenance: false }],
    [
      "--provenance=true in spite of it",
      { provenance: "true" },
      { BUILDX_NO_DEFAULT_ATTESTATIONS: "1" },
      { provenance: { attrs: {} } },
    ],
  ])("reads %s", async (_, flags, env, attestations) => {
    expect(await options(flags, env)).toMatchObject({ attestations });
  });

  test("reads the source policy from the file of its flag, or of docker buildx's variable", async () => {
    await using dir = await tree('ADD policy.json file {"rules":[]}', "ADD other.json file nonsense");
    const [policy, other] = [dir.join("policy.json"), dir.join("other.json")];
    const env = { EXPERIMENTAL_BUILDKIT_SOURCE_POLICY: other };

    expect(await options({ sourcePolicyFile: policy }, env)).toMatchObject({ sourcePolicy: { rules: [] } });
    await expect(options({}, env)).rejects.toThrow("not JSON");
    await expect(options({ sourcePolicyFile: dir.join("missing") })).rejects.toThrow("missing");
  });

  test.each<[Partial<InputFlags>, string]>([
    [{ addHost: ["a"] }, '"a" is not name:address'],
    [{ ulimit: ["nofile"] }, "nofile=1024:2048"],
    [{ shmSize: "much" }, "--shm-size"],
    [{ annotation: ["=x"] }, "--annotation"],
    [{ attest: ["type=licence"] }, '"licence"'],
    [{ allow: ["everything"] }, '"everything"'],
    [{ buildContext: ["src"] }, "name=source"],
  ])("refuses %j", async (flags, shown) => {
    await expect(options(flags)).rejects.toThrow(shown);
  });
});
