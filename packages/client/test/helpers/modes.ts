// SPDX-License-Identifier: Apache-2.0
import { type Engine, startRelay, useEngine } from "@bk/testing";
import { Client } from "../../src/index.js";
import { startDockerProxy } from "./docker-proxy.js";

/**
 * Each way to reach the engine's BuildKit: inside Docker, by upgraded connections and, as newer engines do, by HTTP/2
 * on the socket itself; and as a standalone daemon.
 */
export const MODES = ["embedded", "direct", "unix", "tcp", "tls"] as const;
/** The same where the connections can be cut. */
export const CUTTABLE_MODES = ["embedded through a proxy", "direct", "unix", "tcp", "tls"] as const;
export type Mode = (typeof MODES)[number] | (typeof CUTTABLE_MODES)[number];

export interface OpenMode extends AsyncDisposable {
  readonly client: Client;
  readonly engine: Engine;
  /** Cuts every connection to the daemon. */
  cut(): Promise<void>;
}

type Env = Readonly<Record<string, string>>;

/** A client of the engine in one mode, with no Docker config of the user's. */
export async function openMode(mode: Mode, env: Env = {}): Promise<OpenMode> {
  const engine = useEngine();
  const docker = { DOCKER_HOST: engine.dockerHost, DOCKER_CONFIG: "/nonexistent", ...env };
  if (mode === "unix" || mode === "tcp" || mode === "tls") return openStandalone(engine, mode, docker);
  if (mode === "embedded") return openEmbedded(engine, docker);
  const proxy = await startDockerProxy(engine.dockerSocket, { direct: mode === "direct" });
  const opened = openEmbedded(engine, { ...docker, DOCKER_HOST: proxy.address });
  return {
    ...opened,
    cut: async () => proxy.cut(),
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

function openEmbedded(engine: Engine, env: Env): OpenMode {
  const client = Client.embedded({ env });
  const cut = () => Promise.reject(new Error("the engine's own socket is not the test's to cut"));
  return { client, engine, cut, [Symbol.asyncDispose]: () => client.close() };
}

async function openStandalone(engine: Engine, listen: "unix" | "tcp" | "tls", env: Env): Promise<OpenMode> {
  const relay = await startRelay({ dockerSocket: engine.dockerSocket, listen });
  const pki = relay.tls;
  const tls = pki && { ca: pki.ca.cert, cert: pki.client.cert, key: pki.client.key };
  const client = Client.fromEnv({ env: { ...env, BUILDKIT_HOST: relay.address }, tls });
  return {
    client,
    engine,
    cut: () => relay.cutConnections(),
    async [Symbol.asyncDispose]() {
      await client.close();
      await relay.close();
    },
  };
}
