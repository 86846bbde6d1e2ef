// SPDX-License-Identifier: Apache-2.0
import {
  WriteAction,
  type WriteContentRequest,
  WriteContentRequestSchema,
  WriteContentResponseSchema,
} from "@bk/proto/content";
import { createFrameWriter, grpcCode, maxMessageBytes } from "@bk/transport";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { StreamCall } from "../attachable.js";
import { CallRefusal } from "../call-refusal.js";
import { iterateMessages } from "../message-stream.js";
import { checkDigest, decodeRequest } from "./content-messages.js";
import type { ExportStore } from "./content-store.js";
import { type Digest, formatDigest } from "./digest.js";
import type { Ingest } from "./ingest.js";
import { statBlob } from "./store-files.js";

type Response = MessageInitShape<typeof WriteContentResponseSchema>;

/**
 * Takes one blob: any number of STAT and WRITE requests and a COMMIT, each answered before the next is read.
 *
 * Must match the daemon: the content service of containerd, and its client. What differs: bytes beyond the announced
 * size are refused at once.
 */
export async function serveWrite(call: StreamCall, store: ExportStore): Promise<void> {
  const writer = createFrameWriter(call.stream);
  await using upload = new BlobUpload(store);
  for await (const message of iterateMessages(call.stream, { maxBytes: maxMessageBytes })) {
    const response = await upload.step(decodeRequest(WriteContentRequestSchema, message));
    writer.write(toBinary(WriteContentResponseSchema, create(WriteContentResponseSchema, response)));
    await writer.drain();
    if (response.action === WriteAction.COMMIT) return;
  }
}

/** One call's use of an ingest. What it leaves unfinished another call can go on with. */
class BlobUpload implements AsyncDisposable {
  readonly #store: ExportStore;
  #ref = "";
  #ingest: Ingest | undefined;
  #expected: Digest | undefined;

  constructor(store: ExportStore) {
    this.#store = store;
  }

  async step(request: WriteContentRequest): Promise<Response> {
    const ingest = await this.#open(request);
    try {
      await this.#expect(ingest, request);
      if (request.action === WriteAction.STAT) return this.#answer(ingest, request.action);
      await append(ingest, request);
      if (request.action !== WriteAction.COMMIT) return this.#answer(ingest, request.action);
      const digest = await this.#commit(ingest);
      return { ...this.#answer(ingest, request.action), digest: formatDigest(digest) };
    } catch (error) {
      // A refused request changed nothing, and the daemon may go on from there. Anything else did.
      if (!(error instanceof CallRefusal)) await this.#drop(ingest);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ingest) this.#store.ingests.release(this.#ref);
  }

  async #open(request: WriteContentRequest): Promise<Ingest> {
    if (!(request.action in WriteAction)) throw invalid(`${request.action} is no action`);
    if (request.total < 0n || request.offset < 0n) throw invalid("Sizes and offsets are not negative");
    if (this.#ingest) return this.#ingest;
    if (request.ref === "") throw invalid("The first request must name the ingest");
    const expected = request.expected === "" ? undefined : checkDigest(request.expected);
    // Nothing has to be made for a blob that is there.
    if (expected && (await isThere(this.#store, expected, Number(request.total)))) {
      await this.#store.ingests.abort(request.ref);
      throw exists(expected);
    }
    this.#ingest = await this.#store.ingests.acquire(request.ref, expected?.algorithm ?? "sha256");
    this.#ref = request.ref;
    return this.#ingest;
  }

  /** Takes over what the request says of the blob. */
  async #expect(ingest: Ingest, { expected, total }: WriteContentRequest): Promise<void> {
    if (total > 0n) ingest.total = Number(total);
    if (expected === "" || (this.#expected && formatDigest(this.#expected) === expected)) return;
    this.#expected = checkDigest(expected);
  }

  async #commit(ingest: Ingest): Promise<Digest> {
    const digest = await ingest.verify(this.#expected);
    if (await isThere(this.#store, digest, ingest.offset)) {
      await this.#drop(ingest);
      throw exists(digest);
    }
    await ingest.publish(digest);
    this.#forget();
    return digest;
  }

  async #drop(ingest: Ingest): Promise<void> {
    this.#forget();
    await ingest.discard();
  }

  #forget(): void {
    this.#store.ingests.forget(this.#ref);
    this.#ingest = undefined;
  }

  #answer(ingest: Ingest, action: WriteAction): Response {
    return {
      action,
      offset: BigInt(ingest.offset),
      total: BigInt(ingest.total),
      startedAt: timestampFromDate(ingest.startedAt),
      updatedAt: timestampFromDate(ingest.updatedAt),
    };
  }
}

async function append(ingest: Ingest, request: WriteContentRequest): Promise<void> {
  const { data } = request;
  const offset = Number(request.offset);
  if (offset > 0 && offset !== ingest.offset)
    throw new CallRefusal(grpcCode.outOfRange, `The next byte to write is ${ingest.offset}, not ${offset}`);
  if (ingest.total > 0 && offset + data.length > ingest.total)
    throw new CallRefusal(grpcCode.outOfRange, `The blob was to have ${ingest.total} bytes`);
  if (offset === 0 && ingest.offset > 0) await ingest.restart();
  await ingest.append(data);
}

/** A file of another size is a leftover of something else, which the blob will replace. */
async function isThere({ dir }: ExportStore, digest: Digest, size: number): Promise<boolean> {
  const found = await statBlob(dir, digest);
  return found !== undefined && (size === 0 || found.size === size);
}

/** The daemon takes this as success. */
function exists(digest: Digest): CallRefusal {
  return new CallRefusal(grpcCode.alreadyExists, `The store has ${formatDigest(digest)} already`);
}

function invalid(message: string): CallRefusal {
  return new CallRefusal(grpcCode.invalidArgument, message);
}
