// SPDX-License-Identifier: Apache-2.0
import type { Attachable } from "../attachable.js";
import type { Environment } from "../environment.js";
import { readSecret, type SecretSource } from "./secret-source.js";

export interface SecretsOptions {
  /** The secrets that the daemon may ask for, by id. */
  readonly secrets: ReadonlyMap<string, SecretSource>;
  /** Where `env` sources are looked up, when the daemon asks. Default `process.env`. */
  readonly env?: Environment | undefined;
}

/**
 * Gives the daemon the secrets that are declared, each up to 500 KiB. For any other id it hears "not found", with
 * which a step that does not require the secret goes on. A declared secret that cannot be had fails the session,
 * with `BK_SECRET_FAILED`.
 *
 * Must match the daemon: session/secrets of moby/buildkit.
 */
export function createSecrets({ secrets, env = process.env }: SecretsOptions): Attachable {
  return {
    methods: ["/moby.buildkit.secrets.v1.Secrets/GetSecret"],
    async loadRoutes() {
      const [{ Code, ConnectError }, { Secrets }] = await Promise.all([
        import("@connectrpc/connect"),
        import("@bk/proto/secrets"),
      ]);
      return (router, { fail }) =>
        router.rpc(Secrets.method.getSecret, async ({ id }, { signal }) => {
          const source = secrets.get(id);
          if (source === undefined)
            throw new ConnectError(`The build shares no secret ${JSON.stringify(id)}`, Code.NotFound);
          try {
            return { data: await readSecret(id, source, { env, signal }) };
          } catch (error) {
            if (!signal.aborted) fail(error as Error);
            throw new ConnectError((error as Error).message, Code.Unknown);
          }
        });
    },
  };
}
