// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

const HEAD = "This program holds parts of the following packages.\n";

/**
 * The licences of all packages that are part of a bundle, from what stands beside them.
 *
 * @param {readonly string[]} moduleIds absolute paths
 */
export async function formatNotices(moduleIds) {
  const folders = new Set(moduleIds.map(packageFolder).filter((folder) => folder !== undefined));
  const notices = await Promise.all([...folders].map(readNotice));
  return [HEAD, ...notices.sort()].join(`\n${"-".repeat(80)}\n\n`);
}

/** The folder of the package in a node_modules folder that a module is part of; undefined for one of ours. */
function packageFolder(id) {
  const [, folder] = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id) ?? [];
  return folder;
}

async function readNotice(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), "utf8")));
  if (license === undefined) throw new Error(`${name} says nothing of its licence`);
  return `${name} ${version} (${license})\n\n${texts.map((text) => text.trim()).join("\n\n")}\n`;
}
