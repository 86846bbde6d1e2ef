// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { EngineError } from "./error.mjs";
import { findDebianKeyring, findMirror } from "./mirror.mjs";
import { run } from "./run.mjs";

const ENGINE = {
  debian: ["docker.io", "containerd", "docker-cli", "docker-buildx", "busybox-static"],
  // Ubuntu's docker.io holds the command too.
  ubuntu: ["docker.io", "containerd", "docker-buildx", "busybox-static"],
};
const FOR_TESTS = ["docker-registry"];
const OPENSSH = ["openssh-server", "openssh-client", "libwrap0"];

/** @typedef {{ id: "debian" | "ubuntu", codename: string | undefined }} System */

/**
 * What a fetch brings, as a list for the notice.
 *
 * @param {"debian" | "ubuntu"} id
 * @param {{ forTests?: boolean }} options
 */
export function packageNames(id, { forTests = false }) {
  return forTests ? [...ENGINE[id], ...FOR_TESTS] : ENGINE[id];
}

/**
 * @typedef {object} Packages
 * @property {string} dir where they are unpacked: `<dir>/usr/bin`, `<dir>/usr/sbin` and so on
 * @property {string} suite
 * @property {readonly string[]} names
 */

/**
 * The packages of an earlier fetch, or undefined when one of `names` was not in it.
 *
 * @param {string} packagesDir
 * @param {readonly string[]} names
 * @returns {Promise<Packages | undefined>}
 */
export async function findPackages(packagesDir, names) {
  const dir = join(packagesDir, "current");
  const text = await readFile(join(dir, "packages.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const have = JSON.parse(text);
  return names.every((name) => have.names.includes(name)) ? { dir, ...have } : undefined;
}

/**
 * Downloads Debian packages and unpacks them into a folder, without installing them. The newest suite whose
 * programs start on this machine's libc wins.
 *
 * @param {string} packagesDir
 * @param {readonly string[]} names
 * @param {System} system
 * @returns {Promise<Packages>}
 * @throws {EngineError} BK_ENGINE_DOWNLOAD
 */
export async function fetchPackages(packagesDir, names, system) {
  const suites = system.id === "debian" ? ["sid", "trixie"] : ["own"];
  const failures = [];
  for (const suite of suites) {
    const work = join(packagesDir, `fetch-${suite}`);
    try {
      await prepare(work, suite, system);
      await unpack(work, names);
      await checkPrograms(join(work, "root"));
      await writeFile(join(work, "root/packages.json"), JSON.stringify({ names, suite }));
      const current = join(packagesDir, "current");
      await rm(current, { recursive: true, force: true });
      await rename(join(work, "root"), current);
      return { dir: current, suite, names };
    } catch (cause) {
      failures.push(`${suite}: ${cause.message}`);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  throw new EngineError(
    "BK_ENGINE_DOWNLOAD",
    `The engine's packages could not be fetched. Is the package mirror reachable?\n${failures.join("\n")}`,
  );
}

/**
 * OpenSSH from the machine's own suite, unpacked and not installed: an installed server would listen on the network.
 *
 * @param {string} packagesDir
 * @param {System} system
 * @returns {Promise<string | undefined>} where it is unpacked; undefined when it cannot be had, or does not start here
 */
export function fetchOpenssh(packagesDir, system) {
  const programs = ["usr/sbin/sshd", "usr/bin/ssh", "usr/bin/ssh-keygen"];
  return fetchAside(packagesDir, "openssh", system, async (work) => {
    await unpack(work, OPENSSH);
    return programs;
  });
}

/**
 * tmux from the machine's own suite, with the libraries that it names: a terminal that tests can look at.
 *
 * @param {string} packagesDir
 * @param {System} system
 * @returns {Promise<string | undefined>} as `fetchOpenssh`
 */
export function fetchTmux(packagesDir, system) {
  return fetchAside(packagesDir, "tmux", system, async (work) => {
    await unpack(work, ["tmux", ...(await librariesOf(work, "tmux"))]);
    return ["usr/bin/tmux"];
  });
}

/**
 * Unpacks packages into a folder of their own beside the engine's, once.
 *
 * @param {(work: string) => Promise<readonly string[]>} fill unpacks them; resolves to the programs that must start
 */
async function fetchAside(packagesDir, name, system, fill) {
  const dir = join(packagesDir, name);
  if (existsSync(dir)) return dir;
  const work = join(packagesDir, `fetch-${name}`);
  try {
    await prepare(work, system.codename, system);
    await checkLibraries(join(work, "root"), await fill(work));
    await rename(join(work, "root"), dir);
    return dir;
  } catch {
    return undefined;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The libraries that a package depends on, but for the C library, which is the machine's. */
async function librariesOf(work, name) {
  const listing = await run("apt-cache", ["-c", join(work, "apt.conf"), "depends", name]);
  const names = [...listing.matchAll(/^ *\|?Depends: (lib\S+)$/gm)].map((match) => match[1]);
  return names.filter((library) => library !== "libc6");
}

/** The folders of shared libraries among unpacked packages, as an LD_LIBRARY_PATH. */
async function libraryPath(root) {
  const dirs = await readdir(join(root, "usr/lib"));
  return dirs
    .filter((name) => name.endsWith("-linux-gnu"))
    .map((name) => join(root, "usr/lib", name))
    .join(":");
}

async function checkLibraries(root, programs) {
  const env = { ...process.env, LD_LIBRARY_PATH: await libraryPath(root) };
  for (const program of programs) {
    const libraries = await run("ldd", [join(root, program)], { env });
    if (libraries.includes("not found")) throw new Error(`${program} lacks libraries:\n${libraries}`);
  }
}

/** An empty folder in which apt knows the packages of a suite. */
async function prepare(work, suite, system) {
  await rm(work, { recursive: true, force: true });
  for (const dir of [
    join(work, "debs"),
    join(work, "root"),
    join(work, "lists/partial"),
    join(work, "archives/partial"),
    join(work, "none"),
  ]) {
    await mkdir(dir, { recursive: true });
  }
  const config = join(work, "apt.conf");
  await writeFile(config, await aptConfig(work, suite, system));
  await run("apt-get", ["-c", config, "update"]);
}

/** Downloads packages and unpacks them into `root` there. */
async function unpack(work, names) {
  const debs = join(work, "debs");
  const root = join(work, "root");
  await run("apt-get", ["-c", join(work, "apt.conf"), "download", ...names], { cwd: debs });
  for (const deb of await readdir(debs)) await run("dpkg", ["-x", join(debs, deb), root]);
}

/** An apt state of its own, so that the machine's lists, pins and caches stay as they are. */
async function aptConfig(work, suite, system) {
  const lines = [
    `Dir::State "${work}";`,
    `Dir::State::lists "${join(work, "lists")}";`,
    'Dir::State::status "/var/lib/dpkg/status";',
    `Dir::Cache "${work}";`,
    `Dir::Cache::archives "${join(work, "archives")}";`,
    'Dir::Etc::Preferences "/dev/null";',
    `Dir::Etc::PreferencesParts "${join(work, "none")}";`,
    'APT::Sandbox::User "root";',
    'APT::Update::Error-Mode "any";',
    // Other programs' hooks after an update are about the machine's own lists.
    "#clear APT::Update::Post-Invoke;",
    "#clear APT::Update::Post-Invoke-Success;",
  ];
  if (system.id === "debian") {
    const list = join(work, "sources.list");
    const keyring = findDebianKeyring();
    const signedBy = keyring === undefined ? "" : `[signed-by=${keyring}] `;
    await writeFile(list, `deb ${signedBy}${await findMirror(system.codename)} ${suite} main\n`);
    lines.push(`Dir::Etc::SourceList "${list}";`, `Dir::Etc::SourceParts "${join(work, "none")}";`);
  }
  return `${lines.join("\n")}\n`;
}

async function checkPrograms(root) {
  const programs = ["usr/sbin/dockerd", "usr/bin/dockerd", "usr/bin/containerd", "usr/bin/docker"];
  for (const program of programs.map((path) => join(root, path)).filter((path) => existsSync(path))) {
    await run(program, ["--version"]);
  }
}
