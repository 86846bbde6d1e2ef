// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { pickSubnet } from "../bridge.mjs";

const HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT";

/** Lines as in /proc/net/route, which writes addresses lowest byte first. */
function routes(...pairs) {
  const hex = (address) =>
    Buffer.from(address.split(".").map(Number).reverse()).toString("hex").toUpperCase();
  const lines = pairs.map(([net, mask]) => `x0\t${hex(net)}\t00000000\t0001\t0\t0\t0\t${hex(mask)}\t0\t0\t0`);
  return [HEAD, ...lines, ""].join("\n");
}

describe("pickSubnet()", () => {
  test("takes the first one, whatever the default route says", async () => {
    expect(await pickSubnet(routes(["0.0.0.0", "0.0.0.0"]))).toBe("172.29.1");
  });

  test("steps over what other routes cover, wholly or in part", async () => {
    const taken = routes(["172.29.1.0", "255.255.255.0"], ["172.29.2.128", "255.255.255.128"]);
    expect(await pickSubnet(taken)).toBe("172.29.3");
  });

  test("gives up when one route covers all", async () => {
    await expect(pickSubnet(routes(["172.16.0.0", "255.240.0.0"]))).rejects.toThrow("in use");
  });
});
