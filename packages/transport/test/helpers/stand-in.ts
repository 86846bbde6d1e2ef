// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { TmpDir } from "@bk/testing";

/** A program in the place of podman, kubectl and so on. */
export interface StandIn {
  /** An environment in whose PATH it comes first. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The arguments of each start so far. */
  calls(): Promise<readonly (readonly string[])[]>;
}

/** Puts a program called `name` into the directory: it notes its arguments, then runs `body`, JavaScript. */
export async function writeStandIn(dir: TmpDir, name: string, body: string): Promise<StandIn> {
  const program = dir.join("bin", name);
  const log = dir.join(`${name}.log`);
  await mkdir(dirname(program), { recursive: true });
  const note = `require("node:fs").appendFileSync(${JSON.stringify(log)}, JSON.stringify(process.argv.slice(2)) + "\\n");`;
  await writeFile(program, `#!${process.execPath}\n${note}\n${body}\n`, { mode: 0o755 });
  return {
    env: { ...process.env, PATH: `${dirname(program)}:${process.env["PATH"]}` },
    async calls() {
      const lines = (await readFile(log, "utf8")).trim().split("\n");
      return lines.map((line): string[] => JSON.parse(line));
    },
  };
}

/** A body: joins the standard streams to a unix socket, as `buildctl dial-stdio` does. */
export function joinSocket(path: string): string {
  return `
    const socket = require("node:net").connect({ path: ${JSON.stringify(path)}, allowHalfOpen: true });
    socket.on("error", ({ code }) => {
      const words = { ENOENT: "no such file or directory", ECONNREFUSED: "connection refused" };
      console.error("error: dial unix ${path}: connect: " + (words[code] ?? code));
      process.exit(1);
    });
    process.stdin.pipe(socket);
    socket.pipe(process.stdout);
    // Whether its standard input goes on or not, but not before the last bytes are out.
    socket.on("end", () => process.stdout.write("", () => process.exit(0)));`;
}

/** A body: says something on its standard error and ends. */
export function failWith(code: number, words: string): string {
  return `console.error(${JSON.stringify(words)}); process.exitCode = ${code};`;
}
