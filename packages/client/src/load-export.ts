// SPDX-License-Identifier: Apache-2.0
import { type ExportOptions, type ImageFormatOptions, openDockerLoad, usesContainerdStore } from "@bk/solver";
import {
  type AbortOptions,
  type DockerEndpoint,
  pingDocker,
  resolveDockerEndpoint,
  TransportError,
} from "@bk/transport";
import { ClientError } from "./errors.js";

/**
 * The image store of a Docker. Embedded it is the one whose BuildKit runs the build; else the image is sent to the Docker
 * of DOCKER_HOST or the current Docker context. One with a containerd store takes several platforms and attestations.
 */
export interface LoadExport extends ImageFormatOptions {
  readonly type: "load";
  /** Another Docker, by the name of its context in the docker CLI. */
  readonly context?: string | undefined;
}

export interface LoadContext extends AbortOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * The export that ends in a Docker, which is asked first whether it is there and what it can load.
 *
 * @throws {ClientError} `BK_NO_DOCKER`; `signal.reason`.
 */
export async function toLoadingExport(
  { type: _, context: name, ...format }: LoadExport,
  context: LoadContext,
): Promise<ExportOptions> {
  const { docker, hasContainerdStore } = await findDocker(name, context);
  const open = (_metadata: unknown, given: AbortOptions) => openDockerLoad(docker, given);
  // As docker buildx does: images are known by their own digest there.
  return hasContainerdStore
    ? { preferImageDigest: true, ...format, type: "oci", open }
    : { ...format, type: "docker", open };
}

interface FoundDocker {
  readonly docker: DockerEndpoint;
  readonly hasContainerdStore: boolean;
}

async function findDocker(name: string | undefined, { env, signal }: LoadContext): Promise<FoundDocker> {
  try {
    const docker = await resolveDockerEndpoint({ env, signal, context: name });
    // Whether it answers at all is asked first, for its errors say more; the other answer takes longer.
    const store = usesContainerdStore(docker, { signal });
    store.catch(() => {});
    await pingDocker(docker, { signal });
    return { docker, hasContainerdStore: await store };
  } catch (cause) {
    signal.throwIfAborted();
    if (!TransportError.is(cause)) throw cause;
    throw new ClientError(
      "BK_NO_DOCKER",
      `There is no Docker to load the image into: ${cause.message.replace(/[.?!]+$/, "")}. Start one, set DOCKER_HOST, or give exports: { type: "local", dest: "out" }, or { type: "image", push: true } for a registry`,
      { cause },
    );
  }
}
