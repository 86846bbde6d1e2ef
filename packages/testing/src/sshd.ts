// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";

import { type TmpDir, tmpDir } from "./tmp-dir.js";

const run = promisify(execFile);

/** A real ssh server on loopback that lets in one key, and runs one command whatever it is asked for. */
export interface Sshd extends AsyncDisposable {
  readonly port: number;
  /** Who may log in. */
  readonly user: string;
  /** To be first in the PATH: an `ssh` that knows the server's key and has that of the user. */
  readonly binDir: string;
  /** What the server wrote so far, who logged in among it. */
  log(): string;
}

export interface SshdOptions {
  /** The folder of an unpacked OpenSSH. */
  readonly openssh: string;
  /** A shell command, the ForceCommand. */
  readonly command: string;
}

/** Who runs the tests: sshd needs it. */
const user = "root";

/**
 * Starts sshd in a mount namespace of its own, where it finds the user and the folder that it demands, so that the
 * system stays as it is. Needs root, and `unshare`.
 */
export async function startSshd({ openssh, command }: SshdOptions): Promise<Sshd> {
  const dir = await tmpDir();
  try {
    const env = { ...process.env, LD_LIBRARY_PATH: libraryPath(openssh) };
    const port = await freePort();
    for (const name of ["host", "user"]) {
      const args = ["-q", "-t", "ed25519", "-N", "", "-f", dir.join(name)];
      await run(path.join(openssh, "usr/bin/ssh-keygen"), args, { env });
    }
    await writeFile(dir.join("sshd_config"), serverConfig({ openssh, command, port, dir }));
    await writeClient(dir, openssh, port);
    const passwd = (await readFile("/etc/passwd", "utf8")).replace(/^sshd:.*\n/m, "");
    await writeFile(dir.join("passwd"), `${passwd}sshd:x:65534:65534::/nonexistent:/usr/sbin/nologin\n`);
    return await start(dir, openssh, port, env);
  } catch (error) {
    await dir[Symbol.asyncDispose]();
    throw error;
  }
}

function libraryPath(openssh: string): string {
  const lib = path.join(openssh, "usr/lib");
  const dirs = readdirSync(lib).filter((name) => name.endsWith("-linux-gnu"));
  return dirs.map((name) => path.join(lib, name)).join(":");
}

interface ServerConfig extends SshdOptions {
  readonly port: number;
  readonly dir: TmpDir;
}

function serverConfig({ openssh, command, port, dir }: ServerConfig): string {
  const lines = [
    "ListenAddress 127.0.0.1",
    `Port ${port}`,
    `HostKey ${dir.join("host")}`,
    `AuthorizedKeysFile ${dir.join("user.pub")}`,
    `AllowUsers ${user}`,
    "PasswordAuthentication no",
    "StrictModes no",
    "UsePAM no",
    "PidFile none",
    `ForceCommand ${command}`,
  ];
  // Later versions are several programs.
  for (const [option, name] of [
    ["SshdSessionPath", "sshd-session"],
    ["SshdAuthPath", "sshd-auth"],
  ] as const) {
    const program = path.join(openssh, "usr/lib/openssh", name);
    if (existsSync(program)) lines.push(`${option} ${program}`);
  }
  return `${lines.join("\n")}\n`;
}

/** ssh finds its configuration by the user's home, whatever HOME says, so it is told by an argument. */
async function writeClient(dir: TmpDir, openssh: string, port: number): Promise<void> {
  const hostKey = await readFile(dir.join("host.pub"), "utf8");
  await writeFile(dir.join("known_hosts"), `[127.0.0.1]:${port} ${hostKey}`);
  const config = [
    `IdentityFile ${dir.join("user")}`,
    "IdentitiesOnly yes",
    "IdentityAgent none",
    `UserKnownHostsFile ${dir.join("known_hosts")}`,
    "StrictHostKeyChecking yes",
  ];
  await writeFile(dir.join("ssh_config"), `${config.join("\n")}\n`);
  await mkdir(dir.join("bin"));
  const script = `#!/bin/sh
export LD_LIBRARY_PATH='${libraryPath(openssh)}'
exec '${path.join(openssh, "usr/bin/ssh")}' -F '${dir.join("ssh_config")}' "$@"
`;
  await writeFile(dir.join("bin/ssh"), script, { mode: 0o755 });
}

async function start(dir: TmpDir, openssh: string, port: number, env: NodeJS.ProcessEnv): Promise<Sshd> {
  const script = `set -e
mount --bind "$1/passwd" /etc/passwd
mkdir "$1/run"
mount --rbind /run "$1/run"
mount -t tmpfs -o mode=755 tmpfs /run
ln -s "$1"/run/* /run/
rm -f /run/sshd
mkdir /run/sshd
exec "$2/usr/sbin/sshd" -D -e -f "$1/sshd_config"`;
  const args = ["--mount", "sh", "-c", script, "sh", dir.path, openssh];
  const child = spawn("unshare", args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const close = async (): Promise<void> => {
    await end(child);
    await dir[Symbol.asyncDispose]();
  };
  try {
    await new Promise<void>((resolve, reject) => {
      child.stderr.on("data", () => log.includes("Server listening") && resolve());
      child.once("error", reject);
      child.once("close", () => reject(new Error(`sshd ended: ${log}`)));
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { port, user, binDir: dir.join("bin"), log: () => log, [Symbol.asyncDispose]: close };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill();
  await closed;
}

/** sshd takes no socket that is bound already, so another program may get there first, in theory. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
