// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chown, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { type TmpDir, type TreeEntry, writeTree } from "@bk/testing";
import { shellContext } from "./shell-context.js";

const run = promisify(execFile);

/** Layers keep whole seconds and no block devices: /stats says what has arrived before COPY, to the nanosecond. */
const DOCKERFILE = `FROM shell AS stats
RUN --mount=target=/ctx find /ctx -mindepth 1 -print0 | sort -z | xargs -0 stat -c "%n %A %s %y" > /stats
FROM scratch
COPY --from=stats /stats /stats
COPY . /ctx/
`;

const TREE = [
  "ADD empty dir",
  "ADD nested/dirs/deep dir mode=0711",
  "ADD private dir mode=0700",
  "ADD private/file file secret mode=0600",
  "ADD sticky dir mode=1777",
  "ADD setgid dir mode=2755",

  "ADD no-bytes file",
  "ADD script file #!/bin/sh mode=0755",
  "ADD setuid-program file x mode=4755",
  "ADD setgid-program file x mode=2755",
  "ADD sticky-file file x mode=1644",

  "ADD link symlink script",
  "ADD link-absolute symlink /etc/passwd",
  "ADD link-outside symlink ../../../outside",
  "ADD link-dangling symlink nowhere",
  "ADD link-loop symlink link-loop",
  "ADD link-to-dir symlink nested/dirs",

  "ADD twice-1 file two",
  "ADD twice-2 hardlink twice-1",
  "ADD nested/thrice file three",
  "ADD nested/dirs/thrice hardlink nested/thrice",
  "ADD thrice hardlink nested/thrice",
  // The first of its names is not sent.
  "ADD a.ignored file rest",
  "ADD b-of-ignored hardlink a.ignored",
  "ADD c-of-ignored hardlink a.ignored",

  "ADD .hidden file x",
  "ADD old.ignored file x",
  "ADD kept.ignored file x",
  "ADD node_modules/module/index.js file x",

  "ADD time/nanoseconds file x",
  "ADD time/before-1970 file x",
  "ADD time/zero file x mtime=1970-01-01T00:00:00Z",
  "ADD time/year-2100 file x mtime=2100-01-01T00:00:00Z",
  "ADD time/link symlink zero mtime=2002-02-03T04:05:06Z",
  "ADD time/dir dir mtime=2003-02-03T04:05:06Z",
];

const NAMES = [
  "two words",
  " leading and trailing ",
  "-rf",
  "*[a-z]?{}",
  "back\\slash",
  "quotes\"'`$",
  "new\nline",
  "tab\t",
  "ünïcödé 日本 🐋",
  // Not normalised: an e and an accent, beside the same as one letter.
  "e\u0301",
  "\u00e9",
  "n".repeat(255),
];

/**
 * A context with every kind of entry that docker buildx build takes, and a Dockerfile that copies it to /ctx of an
 * image and describes it in /stats. Names that are not UTF-8 are left out: no daemon takes them.
 */
export async function everyKindOfEntry(): Promise<TmpDir> {
  const context = await shellContext(DOCKERFILE);
  const named = NAMES.map((name): TreeEntry => ({ path: `names/${name}`, kind: "file", data: name }));
  await writeFile(context.join(".dockerignore"), "*.ignored\n!kept.ignored\n**/node_modules\n");
  await writeFile(context.join("large"), randomBytes(3 * 1024 * 1024));
  await writeTree(context.path, [...TREE, ...named]);
  await writeSocket(context.join("socket"));
  await run("mkfifo", ["--mode=640", context.join("pipe")]);
  await setTime(context.join("time/nanoseconds"), "2009-02-13 23:31:30.123456789 UTC");
  await setTime(context.join("time/before-1970"), "1960-01-02 03:04:05.000000001 UTC");
  if (process.getuid?.() === 0) await writeWhatRootMay(context);
  return context;
}

/** Node's own knows microseconds, and no time before 1970. */
async function setTime(path: string, time: string): Promise<void> {
  await run("touch", ["--no-dereference", `--date=${time}`, path]);
}

/** A server removes its socket when it closes, but not from another place. */
async function writeSocket(path: string): Promise<void> {
  const server = createServer().listen(`${path}.open`);
  await once(server, "listening");
  await rename(`${path}.open`, path);
  server.close();
  await once(server, "close");
}

async function writeWhatRootMay(context: TmpDir): Promise<void> {
  await run("mknod", ["--mode=666", context.join("null"), "c", "1", "3"]);
  await run("mknod", ["--mode=660", context.join("disk"), "b", "259", "300"]);
  await writeTree(context.path, ["ADD owned file x", "ADD no-permissions file x mode=0000"]);
  await chown(context.join("owned"), 1000, 1001);
}
