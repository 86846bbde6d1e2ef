// SPDX-License-Identifier: Apache-2.0
import { Readable } from "node:stream";
import { type AbortOptions, listenAbort } from "@bk/transport";
import { isArchive } from "./archive-header.js";
import type { DockerfileSource } from "./options/contexts/main-context.js";
import type { RemoteUrl } from "./options/contexts/remote-url.js";
import { invalidOption } from "./options/invalid-option.js";
import type { ResolvedSolveOptions } from "./options/solve-options.js";

/** Enough to tell an archive by. */
const PEEK_BYTES = 1024;
const MAX_DOCKERFILE_BYTES = 16 << 20;

/** A context and a Dockerfile of which everything that decides is known. */
export interface OpenedContext {
  readonly context:
    | { readonly kind: "disk"; readonly dir: string }
    | { readonly kind: "archive"; readonly body: Readable }
    | { readonly kind: "remote"; readonly remote: RemoteUrl }
    | { readonly kind: "empty" };
  readonly dockerfile: Exclude<DockerfileSource, { readonly kind: "stream" }>;
}

/**
 * Reads as much of the streams among the options as decides what they are: a Dockerfile whole, of a context the
 * first bytes, which are put back. Like docker buildx, takes a context that is no archive for a Dockerfile.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` for an empty, failing or too long stream; `signal.reason`.
 */
export async function openContextStreams(
  { context, dockerfile }: Pick<ResolvedSolveOptions, "context" | "dockerfile">,
  { signal }: AbortOptions,
): Promise<OpenedContext> {
  const ownDockerfile =
    dockerfile.kind === "stream" ? await readDockerfile("dockerfile", dockerfile.body, signal) : dockerfile;
  if (context.kind !== "stream") return { context, dockerfile: ownDockerfile };
  const { head, body } = await peek(context.body, signal);
  if (head.length === 0) throw invalidOption("context", "The stream of the context is empty");
  if (isArchive(head)) return { context: { kind: "archive", body }, dockerfile: ownDockerfile };
  if (dockerfile.kind !== "context" || dockerfile.filename !== "Dockerfile") {
    throw invalidOption(
      "context",
      "The stream of the context is no archive, so it is taken for a Dockerfile, and another one is given too",
    );
  }
  return { context: { kind: "empty" }, dockerfile: await readDockerfile("context", body, signal) };
}

async function readDockerfile(
  option: string,
  body: Readable,
  signal: AbortSignal | undefined,
): Promise<DockerfileSource & { kind: "memory" }> {
  const { head: text } = await peek(body, signal, option, MAX_DOCKERFILE_BYTES + 1);
  if (text.length > MAX_DOCKERFILE_BYTES)
    throw invalidOption(option, `The stream of the Dockerfile has more than ${MAX_DOCKERFILE_BYTES} bytes`);
  return { kind: "memory", text: text.toString("utf8"), filename: "Dockerfile" };
}

/** Reads until `length` bytes are there, or the end; `body` is the whole stream again. */
async function peek(
  source: Readable,
  signal: AbortSignal | undefined,
  option = "context",
  length = PEEK_BYTES,
): Promise<{ readonly head: Buffer; readonly body: Readable }> {
  signal?.throwIfAborted();
  const chunks: Buffer[] = [];
  let size = 0;
  const iterator: AsyncIterator<string | Uint8Array> = source[Symbol.asyncIterator]();
  const stopListening = listenAbort(signal, () => source.destroy());
  try {
    while (size < length) {
      const { value, done } = await iterator.next();
      if (done) break;
      const chunk = Buffer.from(value);
      chunks.push(chunk);
      size += chunk.length;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalidOption(option, `The stream of ${option} cannot be read: ${why}`, cause);
  } finally {
    stopListening();
  }
  const head = Buffer.concat(chunks);
  return { head, body: Readable.from(join(head, iterator), { objectMode: false }) };
}

async function* join(
  head: Buffer,
  rest: AsyncIterator<string | Uint8Array>,
): AsyncGenerator<string | Uint8Array> {
  yield head;
  for (;;) {
    const { value, done } = await rest.next();
    if (done) return;
    yield value;
  }
}
