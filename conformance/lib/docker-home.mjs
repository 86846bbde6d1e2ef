// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { bytesOf } from "./bytes.mjs";
import { checkKeys } from "./keys.mjs";

/** Writes a Docker config folder and, as programs, the credential helpers of a table. */
export async function writeDockerHome({ files, helpers = {} }) {
  const dir = await mkdtemp(path.join(tmpdir(), "bk-conformance-"));
  const bin = path.join(dir, "bin");
  const close = () => rm(dir, { recursive: true });
  try {
    await mkdir(bin);
    for (const [name, content] of Object.entries(files))
      await writeFile(path.join(dir, name), Buffer.from(bytesOf(content), "latin1"));
    for (const [name, table] of Object.entries(helpers))
      await writeFile(path.join(bin, `docker-credential-${name}`), helperProgram(table), { mode: 0o755 });
  } catch (error) {
    await close();
    throw error;
  }
  return { dir, bin, close };
}

function helperProgram(table) {
  const answers = Object.entries(table).map(([server, answer]) => {
    checkKeys(`helper for ${server}`, answer, ["stdout", "exit"]);
    return [server, { stdout: bytesOf(answer.stdout), exit: answer.exit }];
  });
  return `#!${process.execPath}
const unknown = { stdout: "credentials not found in native keychain\\n", exit: 1 };
const answers = new Map(${JSON.stringify(answers)});
const input = require("node:fs").readFileSync(0, "utf8").trim();
const { stdout, exit } = process.argv[2] === "get" ? (answers.get(input) ?? unknown) : unknown;
process.stdout.write(Buffer.from(stdout, "latin1"));
process.exitCode = exit;
`;
}
