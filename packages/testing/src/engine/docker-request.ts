// SPDX-License-Identifier: Apache-2.0
import { type IncomingMessage, request } from "node:http";
import { buffer, json } from "node:stream/consumers";

export interface DockerCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** One request to a Docker socket. Rejects, with Docker's own message, on a status of 400 or more. */
export async function dockerRequest(socketPath: string, call: DockerCall): Promise<IncomingMessage> {
  const { method, path, body, signal } = call;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const outgoing = request({ socketPath, method, path, headers, agent: false, ...(signal && { signal }) });
    outgoing.on("response", resolve);
    outgoing.on("error", reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
  const status = response.statusCode ?? 0;
  if (status < 400) return response;
  const text = (await buffer(response)).toString("utf8");
  throw new Error(`${method} ${path}: Docker answered ${status}: ${text.trim()}`);
}

/** One request whose answer is JSON; the caller knows its shape. */
export async function dockerJson<T>(socketPath: string, call: DockerCall): Promise<T> {
  return (await json(await dockerRequest(socketPath, call))) as T;
}

/** One request whose answer does not matter. */
export async function dockerSend(socketPath: string, call: DockerCall): Promise<void> {
  const response = await dockerRequest(socketPath, call);
  await buffer(response);
}
