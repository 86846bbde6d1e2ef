// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";

import { run, succeeds } from "./run.mjs";

// dockerd flushes the chains it shares with any other dockerd, and the first to stop removes docker0. So
// each engine gets a bridge and three rules of its own, and dockerd is told to leave iptables alone.

/**
 * Creates the bridge that RUN steps and containers are attached to, with a way out to the network.
 *
 * @param {string} bridge interface name
 * @param {string} busybox its `ip` and `brctl` spare us a package
 * @returns {Promise<string>} the bridge's address, such as "172.29.1.1/24"
 */
export async function createBridge(bridge, busybox) {
  const subnet = await pickSubnet(await readFile("/proc/net/route", "utf8"));
  const address = `${subnet}.1/24`;
  await run(busybox, ["brctl", "addbr", bridge]);
  await run(busybox, ["ip", "addr", "add", address, "dev", bridge]);
  await run(busybox, ["ip", "link", "set", bridge, "up"]);
  for (const rule of forwardingRules(bridge, `${subnet}.0/24`)) await run("iptables", ["-w", ...rule("-I")]);
  return address;
}

/**
 * Removes the bridge and its rules; what is not there is skipped.
 *
 * @param {string} bridge
 * @param {string | undefined} address as createBridge returned it
 * @param {string} busybox
 */
export async function removeBridge(bridge, address, busybox) {
  const subnet = address?.replace(/\.1\/24$/, ".0/24");
  for (const rule of subnet === undefined ? [] : forwardingRules(bridge, subnet)) {
    await succeeds("iptables", ["-w", ...rule("-D")]);
  }
  await succeeds(busybox, ["ip", "link", "set", bridge, "down"]);
  await succeeds(busybox, ["brctl", "delbr", bridge]);
}

function forwardingRules(bridge, subnet) {
  return [
    (verb) => ["-t", "nat", verb, "POSTROUTING", "-s", subnet, "!", "-o", bridge, "-j", "MASQUERADE"],
    (verb) => [verb, "FORWARD", "-i", bridge, "-j", "ACCEPT"],
    (verb) => [
      verb,
      "FORWARD",
      "-o",
      bridge,
      "-m",
      "conntrack",
      "--ctstate",
      "RELATED,ESTABLISHED",
      "-j",
      "ACCEPT",
    ],
  ];
}

/**
 * The first /24 of 172.29.0.0/16 that no route of this machine covers.
 *
 * @param {string} routes the text of /proc/net/route
 * @returns {Promise<string>} its first three numbers
 */
export async function pickSubnet(routes) {
  const taken = routes
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [, destination, , , , , , mask] = line.split(/\s+/);
      return destination && mask && mask !== "00000000" ? [[fromHex(destination), fromHex(mask)]] : [];
    });
  for (let third = 1; third < 255; third += 1) {
    const address = ((172 << 24) | (29 << 16) | (third << 8)) >>> 0;
    const free = taken.every(
      ([net, mask]) => (address & mask) >>> 0 !== (net & mask) >>> 0 && (net & 0xffffff00) >>> 0 !== address,
    );
    if (free) return `172.29.${third}`;
  }
  throw new Error("every subnet of 172.29.0.0/16 is in use");
}

/** /proc/net/route writes the four bytes lowest first. */
function fromHex(text) {
  return Buffer.from(text, "hex").readUInt32LE(0);
}
