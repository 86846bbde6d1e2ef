// SPDX-License-Identifier: Apache-2.0

import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";

import { dockerJson, dockerRequest, dockerSend } from "./docker-request.js";

/** What a test may want to know of an image. Fields as in Docker's API. */
export interface ImageInfo {
  readonly Id: string;
  readonly RepoTags: readonly string[];
  readonly Size: number;
  readonly Os: string;
  readonly Architecture: string;
  readonly Config: {
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly Env?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
  };
}

export interface RunResult {
  readonly exitCode: number;
  /** Standard output and error, in the order written. */
  readonly output: string;
}

/** @param image a tag, or an id such as "sha256:..." */
export function inspectImage(dockerSocket: string, image: string): Promise<ImageInfo> {
  return dockerJson(dockerSocket, { method: "GET", path: `/images/${image}/json` });
}

/** Whether the engine has such an image. */
export async function hasImage(dockerSocket: string, image: string): Promise<boolean> {
  const filters = encodeURIComponent(JSON.stringify({ reference: [image] }));
  const found = await dockerJson<unknown[]>(dockerSocket, {
    method: "GET",
    path: `/images/json?filters=${filters}`,
  });
  return found.length > 0;
}

/** Runs an image to its end, with `command` or its own, and removes the container. */
export async function runImage(
  dockerSocket: string,
  image: string,
  command?: readonly string[],
): Promise<RunResult> {
  // A terminal makes the log one plain stream instead of frames.
  const body = { Image: image, Tty: true, ...(command && { Cmd: command }) };
  const { Id: id } = await dockerJson<{ Id: string }>(dockerSocket, {
    method: "POST",
    path: "/containers/create",
    body,
  });
  try {
    await dockerSend(dockerSocket, { method: "POST", path: `/containers/${id}/start` });
    const { StatusCode: exitCode } = await dockerJson<{ StatusCode: number }>(dockerSocket, {
      method: "POST",
      path: `/containers/${id}/wait`,
    });
    const logs = `/containers/${id}/logs?stdout=1&stderr=1`;
    const log = await buffer(await dockerRequest(dockerSocket, { method: "GET", path: logs }));
    return { exitCode, output: log.toString("utf8").replaceAll("\r\n", "\n") };
  } finally {
    await dockerSend(dockerSocket, { method: "DELETE", path: `/containers/${id}?force=1` });
  }
}

/** Removes a tag, and the image with its last tag. An image that is not there is fine. */
export async function removeImage(dockerSocket: string, image: string): Promise<void> {
  if (!(await hasImage(dockerSocket, image))) return;
  await dockerSend(dockerSocket, { method: "DELETE", path: `/images/${image}?force=1` });
}

/** The image as the tar that `docker save` writes. */
export function saveImage(dockerSocket: string, image: string): Promise<Readable> {
  return dockerRequest(dockerSocket, { method: "GET", path: `/images/${image}/get` });
}
