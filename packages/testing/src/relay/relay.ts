// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

import { createTestPki, type TestPki } from "../tls.js";
import { type TmpDir, tmpDir } from "../tmp-dir.js";
import { relayProgram } from "./programs.js";

export interface RelayOptions {
  /** Path of the Docker socket whose BuildKit stands behind the relay. */
  readonly dockerSocket: string;
  /** "tls" asks the client for a certificate of the test CA. */
  readonly listen: "unix" | "tcp" | "tls";
}

/** A standalone BuildKit daemon, as far as a client can tell. It is a process of its own. */
export interface Relay extends AsyncDisposable {
  /** In the form of BUILDKIT_HOST. */
  readonly address: string;
  /** The certificates, when it listens with TLS. */
  readonly tls?: TestPki | undefined;
  /** Cuts every connection, as a daemon that restarts does. Resolves when they are gone. */
  cutConnections(): Promise<void>;
  /** Lets no more bytes through on the connections that are open, as a dead network does. */
  stallConnections(): Promise<void>;
  /** Kills the process: connections are reset and the address refuses new ones. */
  kill(): Promise<void>;
  /** The same, for good; idempotent. */
  close(): Promise<void>;
}

/** Starts a relay and waits until it listens. */
export async function startRelay({ dockerSocket, listen }: RelayOptions): Promise<Relay> {
  const dir = await tmpDir();
  try {
    const tls = listen === "tls" ? await createTestPki(dir.path) : undefined;
    const where = listen === "unix" ? `unix:${dir.join("relay.sock")}` : `${listen}:127.0.0.1:0`;
    const args = ["--docker-socket", dockerSocket, "--listen", where];
    if (tls) args.push("--ca", tls.ca.certPath, "--cert", tls.server.certPath, "--key", tls.server.keyPath);
    const child = fork(relayProgram("relay-main"), args, {
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const { address } = await nextMessage<{ address: string }>(child);
    return createRelay(child, dir, address, tls);
  } catch (error) {
    await dir[Symbol.asyncDispose]();
    throw error;
  }
}

function createRelay(child: ChildProcess, dir: TmpDir, address: string, tls: TestPki | undefined): Relay {
  const exited = once(child, "exit");
  const command = async (text: "cut" | "stall"): Promise<void> => {
    child.send(text);
    await nextMessage(child);
  };
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  const close = async (): Promise<void> => {
    await kill();
    await dir[Symbol.asyncDispose]();
  };
  return {
    address,
    tls,
    cutConnections: () => command("cut"),
    stallConnections: () => command("stall"),
    kill,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const exit = new AbortController();
  try {
    const ended = once(child, "exit", { signal: exit.signal }).then(([code]) => {
      throw new Error(`The relay ended with code ${code}`);
    });
    const [message] = await Promise.race([once(child, "message", { signal: exit.signal }), ended]);
    return message as T;
  } finally {
    exit.abort(new Error("answered"));
  }
}
