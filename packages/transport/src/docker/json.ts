// SPDX-License-Identifier: Apache-2.0
import { Readable } from "node:stream";
import type { AbortOptions } from "../abort.js";
import { formatAddress } from "../address.js";
import { TransportError } from "../errors.js";
import { isRecord } from "./config.js";
import type { DockerEndpoint } from "./endpoint.js";
import { refusedError } from "./refusal.js";
import { type DockerRequestOptions, dockerRequest } from "./request.js";

export interface DockerJsonRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** Bytes of an answer that are read. */
const maxAnswerBytes = 1024 * 1024;

/**
 * One request to Docker's API whose answer is a JSON object of at most 1 MiB.
 *
 * @throws {TransportError} `BK_DOCKER_REFUSED` with `status` for an error, or an answer of another kind.
 */
export async function dockerJson(
  endpoint: DockerEndpoint,
  { method, path, body }: DockerJsonRequest,
  { signal }: AbortOptions = {},
): Promise<Readonly<Record<string, unknown>>> {
  const response = await dockerRequest(endpoint, { method, path, ...encodeBody(body), signal });
  response.on("error", () => {});
  const name = formatAddress(endpoint.address);
  const asked = `${method} ${path}`;
  if ((response.statusCode ?? 0) >= 300) {
    throw await refusedError(response, { endpoint: name, asked, code: "BK_DOCKER_REFUSED" });
  }
  const value = parse(await readText(response));
  signal?.throwIfAborted();
  if (isRecord(value)) return value;
  throw new TransportError(
    "BK_DOCKER_REFUSED",
    `Cannot use ${name}: the answer to ${asked} is not a JSON object of at most 1 MiB. The server is no Docker Engine`,
    { endpoint: name, status: response.statusCode },
  );
}

function encodeBody(body: unknown): Pick<DockerRequestOptions, "headers" | "body"> {
  if (body === undefined) return {};
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { "Content-Type": ["application/json"], "Content-Length": [String(bytes.length)] };
  return { headers, body: Readable.from([bytes]) };
}

/** The text of an answer; a part of it when it is too long or cut short. */
async function readText(response: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) break;
    }
  } catch {
    // What is cut short is no JSON either.
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
