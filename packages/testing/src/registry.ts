// SPDX-License-Identifier: Apache-2.0
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import type { Engine } from "./engine/engine.js";
import { type TmpDir, tmpDir } from "./tmp-dir.js";
import type { TokenServer } from "./token-server.js";

export interface RegistryOptions {
  /** Names the docker-registry program. */
  readonly engine: Engine;
  /** Asks for this user by basic auth. */
  readonly auth?: { readonly username: string; readonly password: string } | undefined;
  /** Asks for tokens of this server instead. */
  readonly tokens?: TokenServer | undefined;
}

/** An image registry on loopback, which Docker lets be plain HTTP. */
export interface Registry extends AsyncDisposable {
  /** Such as "127.0.0.1:40123": the host part of an image reference. */
  readonly host: string;
}

/** Starts Debian's docker-registry with an empty store and waits until it listens. */
export async function startRegistry({ engine, auth, tokens }: RegistryOptions): Promise<Registry> {
  if (engine.registry === undefined) {
    throw new Error("The engine has no registry: run node scripts/engine.mjs up --for-tests");
  }
  const dir = await tmpDir();
  await writeFile(dir.join("config.json"), JSON.stringify(await createConfig(dir, auth, tokens)));
  const child = spawn(engine.registry, ["serve", dir.join("config.json")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = once(child, "exit");
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
    await dir[Symbol.asyncDispose]();
  };
  try {
    const log = createInterface({ input: child.stderr });
    const lines: string[] = [];
    const listening = new Promise<string>((resolve, reject) => {
      log.on("line", (line) => {
        lines.push(line);
        const host = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
        if (host !== undefined) resolve(host);
      });
      exited.then(() => reject(new Error(`docker-registry ended:\n${lines.join("\n")}`)), reject);
    });
    return { host: await listening, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** JSON is YAML too. */
async function createConfig(
  dir: TmpDir,
  auth: RegistryOptions["auth"],
  tokens: TokenServer | undefined,
): Promise<object> {
  if (auth) {
    const hash = await hashPassword(auth.password);
    await writeFile(dir.join("htpasswd"), `${auth.username}:${hash}\n`);
  }
  return {
    version: 0.1,
    storage: { filesystem: { rootdirectory: dir.join("store") }, delete: { enabled: true } },
    http: { addr: "127.0.0.1:0", secret: randomBytes(16).toString("hex") },
    ...(auth && { auth: { htpasswd: { realm: "bk-test", path: dir.join("htpasswd") } } }),
    ...(tokens && { auth: { token: toTokenConfig(tokens) } }),
  };
}

function toTokenConfig({ realm, service, issuer, rootCertPath }: TokenServer): object {
  return { realm, service, issuer, rootcertbundle: rootCertPath };
}

/** docker-registry takes bcrypt only; the crypt of Debian's perl, which is always there, knows it. */
async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16).toString("base64").replace(/[+=]/g, ".").slice(0, 22);
  const script = "print crypt($ARGV[0], $ARGV[1])";
  const { stdout } = await promisify(execFile)("perl", ["-e", script, password, `$2y$05$${salt}`]);
  return stdout;
}
