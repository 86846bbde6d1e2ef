// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const DEFAULT_MIRROR = "http://deb.debian.org/debian";
const KEYRINGS = ["debian-archive-keyring.gpg", "debian-archive-keyring.pgp"];

/**
 * The Debian mirror that this machine's own apt uses: the first one that serves `codename` itself, not its
 * updates or security suites.
 *
 * @param {string | undefined} codename such as "bookworm"
 * @returns {Promise<string>}
 */
export async function findMirror(codename) {
  const sources = await readSources();
  const own = sources.find((source) => codename !== undefined && source.suites.includes(codename));
  return own?.uri ?? DEFAULT_MIRROR;
}

/** @returns {string | undefined} the keys that sign Debian's archive */
export function findDebianKeyring() {
  return KEYRINGS.map((name) => join("/usr/share/keyrings", name)).find((path) => existsSync(path));
}

async function readSources() {
  const files = ["/etc/apt/sources.list"];
  const parts = await readdir("/etc/apt/sources.list.d").catch(() => []);
  files.push(...parts.sort().map((name) => join("/etc/apt/sources.list.d", name)));
  const sources = [];
  for (const file of files) {
    const text = await readFile(file, "utf8").catch(() => "");
    if (file.endsWith(".list")) sources.push(...parseOneLineSources(text));
    else if (file.endsWith(".sources")) sources.push(...parseDeb822Sources(text));
  }
  return sources;
}

/** @param {string} text lines such as `deb [signed-by=...] http://host/debian bookworm main` */
export function parseOneLineSources(text) {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)/.exec(line);
    return match ? [{ uri: match[1], suites: [match[2]] }] : [];
  });
}

/** @param {string} text paragraphs of `Types:`, `URIs:`, `Suites:` */
export function parseDeb822Sources(text) {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const field = (name) => new RegExp(`^${name}:[ \\t]*(.*(?:\\n[ \\t]+.*)*)`, "im").exec(paragraph)?.[1];
    const words = (value) =>
      (value ?? "").split(/\s+/).filter((word) => word !== "" && !word.startsWith("#"));
    if (!words(field("Types")).includes("deb") || field("Enabled")?.trim() === "no") return [];
    return words(field("URIs")).map((uri) => ({ uri, suites: words(field("Suites")) }));
  });
}
