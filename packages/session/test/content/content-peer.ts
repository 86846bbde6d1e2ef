// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import {
  WriteAction,
  WriteContentRequestSchema,
  type WriteContentResponse,
  WriteContentResponseSchema,
} from "@bk/proto/content";
import type { PeerCall, PeerStatus } from "@bk/testing";
import { fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import type { SessionPair } from "../helpers/session-pair.js";

const SERVICE = "/containerd.services.content.v1.Content";

export function contentPath(method: string): string {
  return `${SERVICE}/${method}`;
}

export function storeHeader(id: string): Record<string, string> {
  return { "buildkit-attachable-store-id": id };
}

export function sha256(data: Uint8Array | string): string {
  return `sha256:${createHash("sha256").update(data).digest("hex")}`;
}

type Request = MessageInitShape<typeof WriteContentRequestSchema>;

/** A Write call as the daemon makes it. */
export interface WriteCall {
  readonly call: PeerCall;
  /** The answer to one request; undefined when the call has ended instead. */
  ask(request: Request): Promise<WriteContentResponse | undefined>;
  /** Opens the ingest. */
  stat(request: Request): Promise<WriteContentResponse | undefined>;
  write(data: Uint8Array | string, offset?: number): Promise<WriteContentResponse | undefined>;
  commit(request?: Request): Promise<WriteContentResponse | undefined>;
  /** How the call ended. */
  status(): Promise<PeerStatus>;
  /** Ends the daemon's side, and waits for the other. */
  end(): Promise<PeerStatus>;
}

export function openWrite({ peer }: SessionPair, store = "export"): WriteCall {
  const call = peer.call(contentPath("Write"), storeHeader(store));
  async function ask(request: Request): Promise<WriteContentResponse | undefined> {
    call.send(WriteContentRequestSchema, request);
    const { value, done } = await call.messages.next();
    return done ? undefined : fromBinary(WriteContentResponseSchema, value);
  }
  return {
    call,
    ask,
    stat: (request) => ask({ ref: "ref", ...request, action: WriteAction.STAT }),
    write: (data, offset = 0) =>
      ask({ action: WriteAction.WRITE, data: Buffer.from(data), offset: BigInt(offset) }),
    commit: (request = {}) => ask({ ...request, action: WriteAction.COMMIT }),
    status: () => call.status(),
    end() {
      call.endRequests();
      return call.status();
    },
  };
}
