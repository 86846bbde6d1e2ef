// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { type RunResources, resolveRunResources } from "../../src/options/run-resources.js";
import { resolveSolveOptions } from "../../src/options/solve-options.js";
import { createSolveRequest } from "../../src/options/solve-request.js";

describe("resolveRunResources()", () => {
  test("calls each limit what the Dockerfile frontend calls it", () => {
    const resources = {
      memory: 64 << 20,
      memorySwap: -1,
      cpuShares: 512,
      cpuPeriod: 100_000,
      cpuQuota: 50_000,
      cpusetCpus: "0-3,5",
      cpusetMems: "0",
    };
    const resolved = resolveSolveOptions({ contextDir: ".", exports: [], run: { resources } }, {});
    const { frontendAttrs } = createSolveRequest(resolved, {
      ref: "ref",
      sessionId: "session",
      contextUrl: undefined,
      worker: undefined,
    });
    expect(frontendAttrs).toMatchObject({
      memory: "67108864",
      memswap: "-1",
      cpushares: "512",
      cpuperiod: "100000",
      cpuquota: "50000",
      cpusetcpus: "0-3,5",
      cpusetmems: "0",
    });
  });

  test.each<[string, object, string]>([
    ["no memory", { memory: 0 }, "run.resources.memory"],
    ["memory in words", { memory: "2g" }, "run.resources.memory"],
    ["unlimited memory", { memory: -1 }, "run.resources.memory"],
    ["half a share", { cpuShares: 0.5 }, "run.resources.cpuShares"],
    ["a set that is none", { cpusetCpus: "0-" }, "run.resources.cpusetCpus"],
    ["a set as a number", { cpusetMems: 0 }, "run.resources.cpusetMems"],
    ["what there is not", { gpu: 1 }, "run.resources.gpu"],
  ])("refuses %s", (_, resources, option) => {
    expect(() => resolveRunResources(resources as RunResources)).toThrow(
      expect.objectContaining({ code: "BK_OPTIONS_INVALID", option }),
    );
  });
});
