// SPDX-License-Identifier: Apache-2.0
import { grpcCode } from "@bk/transport";
import type { Attachable, StreamCall, StreamHandler } from "../attachable.js";
import { CallRefusal } from "../call-refusal.js";
import type { ContentStore, ExportStore, ImportStore } from "./content-store.js";

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
    [`${SERVICE}/Info`]: async (call) => (await loadCalls()).serveInfo(call, chooseStore(call, stores)),
    [`${SERVICE}/Read`]: async (call) => (await loadCalls()).serveRead(call, requireImport(call, stores)),
    [`${SERVICE}/Write`]: async (call) =>
      (await loadCalls()).serveOptionalWrite(call, requireExport(call, stores)),
    [`${SERVICE}/Status`]: async (call) => (await loadCalls()).serveStatus(call, requireExport(call, stores)),
    [`${SERVICE}/Abort`]: async (call) => (await loadCalls()).serveAbort(call, requireExport(call, stores)),
  };
  return { methods: Object.keys(streams), streams };
}

/** What answers needs the messages, and most builds have no stores. */
function loadCalls() {
  return import("./content-calls.js");
}

function requireImport(call: StreamCall, stores: ReadonlyMap<string, ContentStore>): ImportStore {
  const store = chooseStore(call, stores);
  if (store.access === "read") return store;
  throw new CallRefusal(grpcCode.permissionDenied, "The store takes blobs and gives none");
}

function requireExport(call: StreamCall, stores: ReadonlyMap<string, ContentStore>): ExportStore {
  const store = chooseStore(call, stores);
  if (store.access === "write") return store;
  throw new CallRefusal(grpcCode.permissionDenied, "The store gives blobs and takes none");
}

function chooseStore({ metadata }: StreamCall, stores: ReadonlyMap<string, ContentStore>): ContentStore {
  const id = metadata.get(STORE_HEADER)?.[0];
  if (id === undefined) throw new CallRefusal(grpcCode.invalidArgument, `The request has no ${STORE_HEADER}`);
  const store = stores.get(Buffer.from(id, "latin1").toString("utf8"));
  if (!store) throw new CallRefusal(grpcCode.notFound, `The build has no store ${JSON.stringify(id)}`);
  return store;
}
