// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import type { ExportTarget } from "@bk/session";
import { type AbortOptions, type DockerEndpoint, dockerRequest } from "@bk/transport";
import { SolverError } from "./errors.js";
import { toPlainLine } from "./terminal-line.js";

/** Docker answers a load with lines of JSON. An error in them matters; a flood of them is cut. */
const MAX_RESPONSE_BYTES = 1 << 20;

/**
 * Opens an image load of a Docker for a Docker or OCI tar. It is done when Docker has the image, and fails when
 * Docker refuses it. Destroying the body breaks the request off, so that Docker never takes a part of a tar for
 * the whole.
 */
export function openDockerLoad(endpoint: DockerEndpoint, options: AbortOptions = {}): ExportTarget {
  const body = new PassThrough({ highWaterMark: 1 << 20 });
  return { body, done: load(endpoint, body, options) };
}

async function load(endpoint: DockerEndpoint, body: PassThrough, options: AbortOptions): Promise<void> {
  const response = await dockerRequest(endpoint, {
    method: "POST",
    path: "/images/load?quiet=1",
    headers: { "Content-Type": ["application/x-tar"] },
    body,
    signal: options.signal,
  });
  const text = await readText(response);
  const status = response.statusCode;
  const error = findField(text, "error") ?? (status === 200 ? undefined : findField(text, "message"));
  if (error !== undefined || status !== 200) {
    const reason = error === undefined ? `HTTP status ${status}` : toPlainLine(error);
    throw new SolverError("BK_LOAD_FAILED", `Docker could not load the image: ${reason}`);
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_RESPONSE_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Docker answers 200 even when the load fails: the error is in a line of the body. */
function findField(body: string, field: "error" | "message"): string | undefined {
  for (const line of body.split("\n")) {
    const value = parseLine(line)?.[field];
    if (typeof value === "string") return value;
  }
  return undefined;
}

function parseLine(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
