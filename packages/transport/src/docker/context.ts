// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { AbortOptions } from "../abort.js";
import { TransportError } from "../errors.js";
import type { TlsOptions } from "../tls.js";
import { invalidFile, isRecord, readDockerTlsFiles, readJsonObject } from "./config.js";

/** The docker endpoint of one of the docker CLI's contexts. */
export interface DockerContext {
  readonly host: string;
  /** Given when the context has TLS files. */
  readonly tls: TlsOptions | undefined;
  readonly skipTlsVerify: boolean;
}

/**
 * Reads a context from the docker CLI's store: contexts/meta/<id>/meta.json and contexts/tls/<id>/docker/,
 * the id being the SHA-256 of the name. Must match docker/cli: context/store.
 *
 * @throws {TransportError} `BK_DOCKER_CONFIG_INVALID`.
 */
export async function readDockerContext(
  configDir: string,
  name: string,
  { signal }: AbortOptions = {},
): Promise<DockerContext> {
  const id = createHash("sha256").update(name).digest("hex");
  const path = join(configDir, "contexts", "meta", id, "meta.json");
  const meta = await readJsonObject(path, { signal });
  if (meta === undefined) {
    throw new TransportError(
      "BK_DOCKER_CONFIG_INVALID",
      `There is no Docker context ${JSON.stringify(name)} in ${configDir}. List them with "docker context ls", or choose one by DOCKER_CONTEXT`,
    );
  }
  const endpoints = meta["Endpoints"];
  const docker = isRecord(endpoints) ? endpoints["docker"] : undefined;
  if (!isRecord(docker)) throw invalidFile(path, "the context has no docker endpoint");
  const host = docker["Host"];
  if (typeof host !== "string" || host === "") throw invalidFile(path, "the docker endpoint has no Host");
  const tls = await readDockerTlsFiles(join(configDir, "contexts", "tls", id, "docker"), { signal });
  const hasTls = tls.ca !== undefined || tls.cert !== undefined || tls.key !== undefined;
  return { host, tls: hasTls ? tls : undefined, skipTlsVerify: docker["SkipTLSVerify"] === true };
}
