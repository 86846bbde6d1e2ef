// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/** A home of its own for one test: a config.json and a folder of helper programs that is all of PATH. */
export interface CredentialHome extends AsyncDisposable {
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Writes a helper program in JavaScript; `input` is what it got on stdin. */
  addHelper(name: string, script: string): Promise<void>;
}

export async function createCredentialHome(config?: string): Promise<CredentialHome> {
  const dir = await mkdtemp(path.join(os.tmpdir(), "bk-credentials-"));
  const bin = path.join(dir, "bin");
  await mkdir(bin);
  if (config !== undefined) await writeFile(path.join(dir, "config.json"), config);
  return {
    dir,
    env: { DOCKER_CONFIG: dir, PATH: bin },
    async addHelper(name, script) {
      const file = path.join(bin, `docker-credential-${name}`);
      const start = `#!${process.execPath}\nconst input = require("node:fs").readFileSync(0, "utf8");\n`;
      await writeFile(file, start + script);
      await chmod(file, 0o755);
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}
