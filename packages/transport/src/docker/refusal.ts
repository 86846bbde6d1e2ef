// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from "node:http";
import { TransportError } from "../errors.js";
import { connectError } from "../node-errors.js";
import { toOneLine } from "../remote-text.js";

/** Bytes of a refusal's body that are read and kept. */
const maxBodyBytes = 1024;

/** Characters of it that go into the message. */
const maxQuotedCharacters = 200;

/** How long the rest of a refusal's body may take. */
const bodyTimeoutMs = 2_000;

/** What was asked of Docker. */
export interface DockerAttempt {
  readonly endpoint: string;
  /** "POST /grpc" */
  readonly asked: string;
  readonly code: "BK_UPGRADE_REFUSED" | "BK_DOCKER_REFUSED";
}

const hints: Readonly<Record<number, string>> = {
  400: "A proxy in between may have dropped the Upgrade header",
  401: "Something in front of Docker asks for credentials",
  403: "An authorization plugin or a socket proxy forbids it",
  404: "The server is no Docker Engine, or a socket proxy hides this path",
  405: "A socket proxy allows reading only",
  426: "The server wants another protocol",
  503: "Docker may still be starting",
};

/** Makes the error of an answer other than the upgrade; reads at most 1 KiB of its body, then hangs up. */
export async function refusedError(
  response: IncomingMessage,
  { endpoint, asked, code }: DockerAttempt,
): Promise<TransportError> {
  const status = response.statusCode ?? 0;
  const body = status === 101 ? "" : await readBody(response);
  const hint =
    hints[status] ?? "The server is no Docker Engine with BuildKit, or a proxy stands in front of it";
  const quoted = quoteBody(body);
  const said = quoted === "" ? "" : ` and said ${quoted}`;
  return new TransportError(
    code,
    `Cannot connect to ${endpoint}: ${asked} was answered with status ${status}${said}. ${hint}`,
    { endpoint, status, body },
  );
}

/** Makes the error of an answer that is no HTTP, or of none. */
export function unansweredError(cause: unknown, { endpoint, asked, code }: DockerAttempt): TransportError {
  if (TransportError.is(cause)) return cause;
  if (typeof cause === "number") {
    const text = `Cannot connect to ${endpoint}: ${asked} was answered with status ${cause} and no word of HTTP/2`;
    return new TransportError(code, text, { endpoint, status: cause });
  }
  if (cause instanceof Error && "code" in cause && String(cause.code).startsWith("HPE_")) {
    const text = `Cannot connect to ${endpoint}: the answer to ${asked} is not HTTP/1.1. The server is no Docker Engine, or expects TLS`;
    return new TransportError(code, text, { cause, endpoint });
  }
  if (cause instanceof Error) return connectError(cause, endpoint);
  const text = `Cannot connect to ${endpoint}: the connection was closed without an answer to ${asked}`;
  return new TransportError("BK_CONNECTION_LOST", text, { endpoint });
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => response.destroy(), bodyTimeoutMs);
  try {
    for await (const chunk of response) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= maxBodyBytes) break;
    }
  } catch {
    // A body cut short is still worth showing.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).subarray(0, maxBodyBytes).toString("utf8");
}

/** Docker's `{"message": …}`, or the text on one line without control characters. */
function quoteBody(body: string): string {
  const text = dockerMessage(body) ?? body;
  const line = toOneLine(text);
  if (line === "") return "";
  const short = line.length > maxQuotedCharacters ? `${line.slice(0, maxQuotedCharacters)}...` : line;
  return JSON.stringify(short);
}

function dockerMessage(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== "object" || parsed === null || !("message" in parsed)) return undefined;
    return typeof parsed.message === "string" ? parsed.message : undefined;
  } catch {
    return undefined;
  }
}
