// SPDX-License-Identifier: Apache-2.0
import { type Engine, type Relay, startRelay, useEngine } from "@bk/testing";
import { Client } from "../../src/index.js";

/** Each way to reach the engine's BuildKit: inside Docker, and as a standalone daemon. */
export const MODES = ["embedded", "unix", "tcp", "tls"] as const;
export type Mode = (typeof MODES)[number];

export interface OpenMode extends AsyncDisposable {
  readonly client: Client;
  readonly engine: Engine;
  /** The standalone daemon; undefined when embedded. */
  readonly relay: Relay | undefined;
}

/** A client of the engine in one mode, with no Docker config of the user's. */
export async function openMode(mode: Mode, env: Readonly<Record<string, string>> = {}): Promise<OpenMode> {
  const engine = useEngine();
  const docker = { DOCKER_HOST: engine.dockerHost, DOCKER_CONFIG: "/nonexistent", ...env };
  if (mode === "embedded") {
    const client = Client.embedded({ env: docker });
    return { client, engine, relay: undefined, [Symbol.asyncDispose]: () => client.close() };
  }
  const relay = await startRelay({ dockerSocket: engine.dockerSocket, listen: mode });
  const pki = relay.tls;
  const tls = pki && { ca: pki.ca.cert, cert: pki.client.cert, key: pki.client.key };
  const client = Client.fromEnv({ env: { ...docker, BUILDKIT_HOST: relay.address }, tls });
  return {
    client,
    engine,
    relay,
    async [Symbol.asyncDispose]() {
      await client.close();
      await relay.close();
    },
  };
}
