// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { type RunOptions, resolveRunOptions } from "../../src/options/run-options.js";

describe("resolveRunOptions()", () => {
  test.each<[string, object, string]>([
    ["a network of Docker's", { network: "bridge" }, "run.network"],
    ["shared memory of no size", { shmSize: 0 }, "run.shmSize"],
    ["shared memory in words", { shmSize: "128m" }, "run.shmSize"],
    ["an address that is none", { hosts: { a: "192.0.2" } }, "run.hosts.a"],
    ["an address with a zone", { hosts: { a: "fe80::1%eth0" } }, "run.hosts.a"],
    ["an address with another behind it", { hosts: { a: "192.0.2.1,b=192.0.2.2" } }, "run.hosts.a"],
    ["an address that is no text", { hosts: { a: 1 } }, "run.hosts.a"],
    ["a limit in words", { ulimits: { nofile: "1024" } }, "run.ulimits.nofile"],
    ["a host with a comma", { hosts: { "a,b": "192.0.2.1" } }, "run.hosts"],
    ["a limit that is none", { ulimits: { nofiles: 1 } }, "run.ulimits.nofiles"],
    ["a soft limit above the hard one", { ulimits: { nofile: { soft: 2, hard: 1 } } }, "run.ulimits.nofile"],
    ["no soft limit below a hard one", { ulimits: { nofile: { soft: -1, hard: 1 } } }, "run.ulimits.nofile"],
    ["half a file", { ulimits: { nofile: 0.5 } }, "run.ulimits.nofile"],
    ["an empty cgroup", { cgroupParent: "" }, "run.cgroupParent"],
  ])("refuses %s", (_, run, option) => {
    expect(() => resolveRunOptions(run as RunOptions)).toThrow(
      expect.objectContaining({ code: "BK_OPTIONS_INVALID", option }),
    );
  });

  test("takes unlimited limits", () => {
    const { ulimits } = resolveRunOptions({ ulimits: { core: -1, nofile: { soft: 1, hard: -1 } } });
    expect(ulimits).toEqual([
      ["core", { soft: -1, hard: -1 }],
      ["nofile", { soft: 1, hard: -1 }],
    ]);
  });
});
