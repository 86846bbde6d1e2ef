// SPDX-License-Identifier: Apache-2.0
import type { ClientHttp2Stream, OutgoingHttpHeaders } from "node:http2";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { createGrpcTransport, type GrpcTransportOptions } from "@connectrpc/connect-node";
import type { Channel } from "./channel.js";
import { TransportError } from "./errors.js";
import { maxMessageBytes } from "./http2-settings.js";

/** Connect addresses requests by URL; where they go is the channel's matter. */
const origin = "http://localhost";

type SessionManager = NonNullable<GrpcTransportOptions["sessionManager"]>;

/**
 * A Connect transport that speaks gRPC over a channel; messages up to 16 MiB each way. Where the channel fails,
 * the ConnectError has the TransportError as its `cause`: see `findTransportError`.
 */
export function createConnectTransport(channel: Channel): Transport {
  return createGrpcTransport({
    baseUrl: origin,
    sessionManager: createSessionManager(channel),
    readMaxBytes: maxMessageBytes,
    writeMaxBytes: maxMessageBytes,
    acceptCompression: [],
  });
}

/** Connect's idea of a connection pool, answered by the channel. */
function createSessionManager(channel: Channel): SessionManager {
  return {
    authority: origin,
    async request(_method, path, headers): Promise<ClientHttp2Stream> {
      try {
        return await channel.openStream(path, { headers: toMetadata(headers) });
      } catch (error) {
        if (!TransportError.is(error)) throw error;
        throw new ConnectError(error.message, Code.Unavailable, undefined, undefined, error);
      }
    },
    notifyResponseByteRead() {},
  };
}

function toMetadata(headers: OutgoingHttpHeaders): Record<string, string | readonly string[]> {
  const metadata: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) metadata[name] = typeof value === "number" ? String(value) : value;
  }
  return metadata;
}
