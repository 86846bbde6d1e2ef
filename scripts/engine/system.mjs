// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";

import { EngineError } from "./error.mjs";
import { run, succeeds } from "./run.mjs";

// Command -> the package that brings it. They come from the machine's own suite: sid's need a newer libc.
// BuildKit fetches git contexts with git.
const SYSTEM_COMMANDS = { runc: "runc", iptables: "iptables", git: "git" };

/**
 * @returns {Promise<{ id: "debian" | "ubuntu", codename: string | undefined }>}
 * @throws {EngineError} BK_ENGINE_UNSUPPORTED, BK_ENGINE_NOT_ROOT
 */
export async function checkSystem() {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  const field = (name) => new RegExp(`^${name}="?([^"\\n]*)`, "m").exec(release)?.[1];
  const id = field("ID");
  if (id !== "debian" && id !== "ubuntu") {
    throw new EngineError(
      "BK_ENGINE_UNSUPPORTED",
      `The private engine needs Debian or Ubuntu; this is ${field("PRETTY_NAME") ?? process.platform}. ` +
        "Start Docker, or set DOCKER_HOST or BUILDKIT_HOST.",
    );
  }
  if (process.getuid?.() !== 0) {
    throw new EngineError(
      "BK_ENGINE_NOT_ROOT",
      "The private engine needs root: it starts a container daemon. Run this again as root, or start Docker, " +
        "or set DOCKER_HOST or BUILDKIT_HOST.",
    );
  }
  return { id, codename: field("VERSION_CODENAME") };
}

/** @returns {Promise<readonly string[]>} the system packages that are not there yet */
export async function missingSystemPackages() {
  const missing = [];
  for (const [command, name] of Object.entries(SYSTEM_COMMANDS)) {
    if (!(await succeeds("sh", ["-c", `command -v ${command}`]))) missing.push(name);
  }
  return missing;
}

/**
 * @param {readonly string[]} names
 * @throws {EngineError} BK_ENGINE_INSTALL
 */
export async function installSystemPackages(names) {
  if (names.length === 0) return;
  const apt = ["-o", "DPkg::Lock::Timeout=120", "-y", "--no-install-recommends"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await run("apt-get", ["update"], { env });
    await run("apt-get", ["install", ...apt, ...names], { env });
  } catch (cause) {
    throw new EngineError(
      "BK_ENGINE_INSTALL",
      `apt-get could not install ${names.join(" and ")}.\n${cause.message}`,
      {
        cause,
      },
    );
  }
}
