// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { toResources } from "../src/resource-flags.js";

describe("toResources()", () => {
  test("reads each key of --resource", () => {
    const resource = [
      "memory=2g",
      "memory-swap=-1",
      "cpu-shares=512",
      "cpu-period=100000",
      " cpu-quota = 50000 ",
      "cpuset-cpus=0-3,5",
      "cpuset-mems=0",
    ];
    expect(toResources({ resource })).toEqual({
      memory: (2 << 30) >>> 0,
      memorySwap: -1,
      cpuShares: 512,
      cpuPeriod: 100_000,
      cpuQuota: 50_000,
      cpusetCpus: "0-3,5",
      cpusetMems: "0",
    });
  });

  test("counts --resource before an older flag, and takes 0 and nothing for no limit", () => {
    expect(toResources({ memory: "1g", cpuShares: "2", resource: ["memory=64m"] })).toEqual({
      memory: 64 << 20,
      cpuShares: 2,
    });
    expect(toResources({ memory: "1g", resource: ["memory=0", "cpuset-cpus="] })).toBeUndefined();
    expect(toResources({})).toBeUndefined();
  });

  test.each<[object, string]>([
    [{ resource: ["memory"] }, "KEY=VALUE"],
    [{ resource: ["gpu=1"] }, "cpuset-mems"],
    [{ resource: ["memory=much"] }, "--resource memory needs a size"],
    [{ memorySwap: "-2" }, "--memory-swap"],
    [{ cpuQuota: "1.5" }, "--cpu-quota needs a whole number"],
  ])("refuses %j", (flags, shown) => {
    expect(() => toResources(flags)).toThrow(shown);
  });
});
