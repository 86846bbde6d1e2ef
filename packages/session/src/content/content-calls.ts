// SPDX-License-Identifier: Apache-2.0
import {
  AbortRequestSchema,
  InfoRequestSchema,
  InfoResponseSchema,
  StatusRequestSchema,
  StatusResponseSchema,
} from "@bk/proto/content";
import { grpcCode } from "@bk/transport";
import { EmptySchema, timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { StreamCall } from "../attachable.js";
import { CallRefusal } from "../call-refusal.js";
import { checkDigest, readRequest, sendResponse } from "./content-messages.js";
import type { ContentStore, ExportStore } from "./content-store.js";
import { statBlob } from "./store-files.js";
import { serveWrite } from "./write-call.js";

export { serveRead } from "./read-call.js";

/** Takes one blob, as `serveWrite` does. What goes wrong with an optional store is no failure of the session. */
export async function serveOptionalWrite(call: StreamCall, store: ExportStore): Promise<void> {
  try {
    await serveWrite(call, store);
  } catch (error) {
    if (!store.optional || error instanceof CallRefusal || !(error instanceof Error)) throw error;
    throw new CallRefusal(grpcCode.unknown, error.message);
  }
}

/** Says whether a blob is there, and its size. */
export async function serveInfo(call: StreamCall, { dir }: ContentStore): Promise<void> {
  const { digest: text } = await readRequest(call, InfoRequestSchema);
  const info = await statBlob(dir, checkDigest(text));
  if (!info) throw new CallRefusal(grpcCode.notFound, `The store has no blob ${text}`);
  const modified = timestampFromDate(info.modifiedAt);
  sendResponse(call, InfoResponseSchema, {
    info: { digest: text, size: BigInt(info.size), createdAt: modified, updatedAt: modified },
  });
}

/** Says how much of an unfinished blob is there. */
export async function serveStatus(call: StreamCall, { ingests }: ExportStore): Promise<void> {
  const { ref } = await readRequest(call, StatusRequestSchema);
  const ingest = ingests.find(ref);
  if (!ingest) throw noIngest(ref);
  sendResponse(call, StatusResponseSchema, {
    status: {
      ref,
      offset: BigInt(ingest.offset),
      total: BigInt(ingest.total),
      startedAt: timestampFromDate(ingest.startedAt),
      updatedAt: timestampFromDate(ingest.updatedAt),
    },
  });
}

/** Gives an unfinished blob up. */
export async function serveAbort(call: StreamCall, { ingests }: ExportStore): Promise<void> {
  const { ref } = await readRequest(call, AbortRequestSchema);
  if (!(await ingests.abort(ref))) throw noIngest(ref);
  sendResponse(call, EmptySchema, {});
}

function noIngest(ref: string): CallRefusal {
  return new CallRefusal(grpcCode.notFound, `There is no ingest ${JSON.stringify(ref)}`);
}
