// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from "node:stream";
import type { AbortOptions } from "../abort.js";
import { formatAddress } from "../address.js";
import { dialBuildkit } from "../command/command.js";
import { ProgramStream } from "../command/program-stream.js";
import type { ContainerAddress } from "../container-address.js";
import type { Dialer } from "../dialer.js";
import { TransportError } from "../errors.js";
import { isRecord } from "./config.js";
import { type DockerEndpoint, resolveDockerEndpoint } from "./endpoint.js";
import { runExec } from "./exec.js";
import { dockerJson } from "./json.js";
import { createDockerDialer } from "./request.js";
import { withinConnectTimeout } from "./time-limit.js";
import { dialUpgrade } from "./upgrade.js";

export interface DockerContainerDialerOptions {
  readonly address: ContainerAddress & { readonly kind: "docker-container" };
  /** Where Docker's variables are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs `buildctl dial-stdio` in a container for each connection, through Docker's API: no docker command is
 * needed.
 *
 * `dial` throws TransportError: `BK_ENDPOINT_NOT_FOUND` without such a container, `BK_CONNECTION_REFUSED` when it
 * does not run, `BK_DOCKER_REFUSED`, `BK_UPGRADE_REFUSED`, or why there is no Docker. A command that fails is the
 * stream's error: `BK_COMMAND_FAILED`, or what its last words stand for.
 */
export function createDockerContainerDialer({ address, env }: DockerContainerDialerOptions): Dialer {
  const endpoint = formatAddress(address);
  const { name, context } = address;
  return {
    endpoint,
    async dial({ signal }: AbortOptions = {}): Promise<Duplex> {
      const docker = await resolveDockerEndpoint({ env, context, signal });
      const limit = { endpoint, waitedFor: "Docker's answer", signal };
      return withinConnectTimeout(limit, async (limited) => {
        await checkContainer(docker, name, endpoint, { signal: limited });
        const id = await createExec(docker, name, { signal: limited });
        const start = {
          path: `/exec/${id}/start`,
          body: { Detach: false, Tty: false },
          protocol: "tcp",
        } as const;
        const socket = await dialUpgrade(createDockerDialer(docker), start, { signal: limited });
        return new ProgramStream(runExec(socket, { docker, id, endpoint, container: name }));
      });
    },
  };
}

/** Docker's own errors for the same name the API path, not the container. */
async function checkContainer(
  docker: DockerEndpoint,
  name: string,
  endpoint: string,
  options: AbortOptions,
): Promise<void> {
  const state = await inspectState(docker, name, endpoint, options);
  if (state["Running"] === true && state["Paused"] !== true) return;
  const cause = new Error(`The container's state is ${JSON.stringify(state["Status"])}`);
  const [status, verb] = state["Paused"] === true ? ["is paused", "unpause"] : ["is not running", "start"];
  throw new TransportError(
    "BK_CONNECTION_REFUSED",
    `Cannot connect to ${endpoint}: the container ${status}. Try: docker ${verb} ${name}`,
    { cause, endpoint },
  );
}

async function inspectState(
  docker: DockerEndpoint,
  name: string,
  endpoint: string,
  options: AbortOptions,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    const { State: state } = await dockerJson(
      docker,
      { method: "GET", path: `/containers/${name}/json` },
      options,
    );
    return isRecord(state) ? state : {};
  } catch (cause) {
    if (!TransportError.is(cause) || cause.status !== 404) throw cause;
    throw new TransportError(
      "BK_ENDPOINT_NOT_FOUND",
      `Cannot connect to ${endpoint}: the Docker of ${docker.source} has no container ${name}. Check the name with: docker ps --all`,
      { cause, endpoint },
    );
  }
}

async function createExec(docker: DockerEndpoint, name: string, options: AbortOptions): Promise<string> {
  const body = {
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    Cmd: dialBuildkit,
  };
  const path = `/containers/${name}/exec`;
  const { Id: id } = await dockerJson(docker, { method: "POST", path, body }, options);
  if (typeof id === "string" && /^[0-9a-f]+$/.test(id)) return id;
  const endpoint = formatAddress(docker.address);
  const text = `Cannot use ${endpoint}: the answer to POST ${path} has no Id. The server is no Docker Engine`;
  throw new TransportError("BK_DOCKER_REFUSED", text, { endpoint });
}
