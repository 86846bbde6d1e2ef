// SPDX-License-Identifier: Apache-2.0
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { maxMessageBytes } from "@bk/transport";
import type { Attachable, RouteContext } from "./attachable.js";

type RequestHandler = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/** Answers the calls of the control tier. Connect takes 80 ms to load: it and the handlers come with the first of them. */
export function loadUnaryHandler(attachables: readonly Attachable[], context: RouteContext): RequestHandler {
  let loading: Promise<RequestHandler> | undefined;
  async function load(): Promise<RequestHandler> {
    const [{ connectNodeAdapter }, routes] = await Promise.all([
      import("@connectrpc/connect-node"),
      Promise.all(attachables.map(async ({ loadRoutes }) => loadRoutes?.())),
    ]);
    return connectNodeAdapter({
      grpc: true,
      grpcWeb: false,
      connect: false,
      readMaxBytes: maxMessageBytes,
      writeMaxBytes: maxMessageBytes,
      routes(router) {
        for (const register of routes) register?.(router, context);
      },
    });
  }
  return (request, response) => {
    loading ??= load();
    loading.then(
      (handler) => handler(request, response),
      (error: unknown) => response.stream.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  };
}
