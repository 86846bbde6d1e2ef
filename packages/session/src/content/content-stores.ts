// SPDX-License-Identifier: Apache-2.0
import {
  AbortRequestSchema,
  InfoRequestSchema,
  InfoResponseSchema,
  StatusRequestSchema,
  StatusResponseSchema,
} from "@bk/proto/content";
import { EmptySchema, timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { Attachable, StreamCall, StreamHandler } from "../attachable.js";
import { CallRefusal } from "../call-refusal.js";
import { GRPC_STATUS } from "../grpc-response.js";
import { checkDigest, readRequest, sendResponse } from "./content-messages.js";
import type { ContentStore, ExportStore } from "./content-store.js";
import { serveRead } from "./read-call.js";
import { statBlob } from "./store-files.js";
import { serveWrite } from "./write-call.js";

/** Must match the daemon: session/content of moby/buildkit. */
const STORE_HEADER = "buildkit-attachable-store-id";
const SERVICE = "/containerd.services.content.v1.Content";

/**
 * Lets the daemon use content stores by the ids that a solve names: `export` for the image that an exporter writes,
 * `local:<name>` for a cache, `oci:<name>` for a named context.
 *
 * Of an import store it can read blobs, of an export store write them and learn which are there. It can list,
 * change and delete nothing.
 */
export function createContentStores(stores: ReadonlyMap<string, ContentStore>): Attachable {
  const streams: Record<string, StreamHandler> = {
    [`${SERVICE}/Info`]: (call) => serveInfo(call, chooseStore(call, stores)),
    [`${SERVICE}/Read`]: (call) => serveRead(call, requireImport(call, stores)),
    [`${SERVICE}/Write`]: (call) => serveOptional(call, requireExport(call, stores)),
    [`${SERVICE}/Status`]: (call) => serveStatus(call, requireExport(call, stores)),
    [`${SERVICE}/Abort`]: (call) => serveAbort(call, requireExport(call, stores)),
  };
  return { methods: Object.keys(streams), streams };
}

async function serveOptional(call: StreamCall, store: ExportStore): Promise<void> {
  try {
    await serveWrite(call, store);
  } catch (error) {
    if (!store.optional || error instanceof CallRefusal || !(error instanceof Error)) throw error;
    throw new CallRefusal(GRPC_STATUS.unknown, error.message);
  }
}

async function serveInfo(call: StreamCall, { dir }: ContentStore): Promise<void> {
  const { digest: text } = await readRequest(call, InfoRequestSchema);
  const info = await statBlob(dir, checkDigest(text));
  if (!info) throw new CallRefusal(GRPC_STATUS.notFound, `The store has no blob ${text}`);
  const modified = timestampFromDate(info.modifiedAt);
  sendResponse(call, InfoResponseSchema, {
    info: { digest: text, size: BigInt(info.size), createdAt: modified, updatedAt: modified },
  });
}

async function serveStatus(call: StreamCall, { ingests }: ExportStore): Promise<void> {
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

async function serveAbort(call: StreamCall, { ingests }: ExportStore): Promise<void> {
  const { ref } = await readRequest(call, AbortRequestSchema);
  if (!(await ingests.abort(ref))) throw noIngest(ref);
  sendResponse(call, EmptySchema, {});
}

function noIngest(ref: string): CallRefusal {
  return new CallRefusal(GRPC_STATUS.notFound, `There is no ingest ${JSON.stringify(ref)}`);
}

function requireImport(call: StreamCall, stores: ReadonlyMap<string, ContentStore>) {
  const store = chooseStore(call, stores);
  if (store.access === "read") return store;
  throw new CallRefusal(GRPC_STATUS.permissionDenied, "The store takes blobs and gives none");
}

function requireExport(call: StreamCall, stores: ReadonlyMap<string, ContentStore>) {
  const store = chooseStore(call, stores);
  if (store.access === "write") return store;
  throw new CallRefusal(GRPC_STATUS.permissionDenied, "The store gives blobs and takes none");
}

function chooseStore({ metadata }: StreamCall, stores: ReadonlyMap<string, ContentStore>): ContentStore {
  const id = metadata.get(STORE_HEADER)?.[0];
  if (id === undefined)
    throw new CallRefusal(GRPC_STATUS.invalidArgument, `The request has no ${STORE_HEADER}`);
  const store = stores.get(Buffer.from(id, "latin1").toString("utf8"));
  if (!store) throw new CallRefusal(GRPC_STATUS.notFound, `The build has no store ${JSON.stringify(id)}`);
  return store;
}
