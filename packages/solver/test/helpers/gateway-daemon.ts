// SPDX-License-Identifier: Apache-2.0
import {
  type SolveRequest,
  SolveRequestSchema,
  SolveResponseSchema,
  StatusRequestSchema,
} from "@bk/proto/control";
import {
  type SolveRequest as FrontendRequest,
  SolveRequestSchema as FrontendRequestSchema,
  SolveResponseSchema as FrontendResponseSchema,
  PingRequestSchema,
  PongResponseSchema,
  ReadFileRequestSchema,
  ReadFileResponseSchema,
  type ResultSchema,
  type ReturnRequest,
  ReturnRequestSchema,
  ReturnResponseSchema,
} from "@bk/proto/gateway";
import {
  type FakeDaemon,
  type FakeHandler,
  joinSessionTunnel,
  openSessionPeer,
  startFakeDaemon,
} from "@bk/testing";
import type { MessageInitShape } from "@bufbuild/protobuf";

export const CONTROL_SOLVE = "/moby.buildkit.v1.Control/Solve";
export const BRIDGE_PING = "/moby.buildkit.v1.frontend.LLBBridge/Ping";
export const BRIDGE_SOLVE = "/moby.buildkit.v1.frontend.LLBBridge/Solve";
export const BRIDGE_READ_FILE = "/moby.buildkit.v1.frontend.LLBBridge/ReadFile";
export const BRIDGE_RETURN = "/moby.buildkit.v1.frontend.LLBBridge/Return";

export const CAPABILITIES: readonly string[] = ["solve.base", "readfile", "return", "proto.refarray"];

export interface GatewayDaemonOptions {
  /** What every request to a frontend results in. */
  readonly result?: MessageInitShape<typeof ResultSchema>;
  /** The one file that results hold. */
  readonly file?: Uint8Array;
  readonly handlers?: Readonly<Record<string, FakeHandler>>;
}

/** A daemon that keeps Solve open until a result is returned, without building anything. */
export interface GatewayDaemon extends AsyncDisposable {
  readonly fake: FakeDaemon;
  /** What Solve was asked for. */
  readonly solves: readonly SolveRequest[];
  /** What frontends were asked for. */
  readonly requests: readonly FrontendRequest[];
  readonly returned: readonly ReturnRequest[];
}

export async function startGatewayDaemon(options: GatewayDaemonOptions = {}): Promise<GatewayDaemon> {
  const { result = {}, file = new Uint8Array() } = options;
  const solves: SolveRequest[] = [];
  const requests: FrontendRequest[] = [];
  const returned: ReturnRequest[] = [];
  let onReturn = (): void => {};
  const isReturned = new Promise<void>((resolve) => {
    onReturn = resolve;
  });
  const handlers: Record<string, FakeHandler> = {
    "/moby.buildkit.v1.Control/Session"(call) {
      openSessionPeer(joinSessionTunnel(call)); // ends with the call
    },
    async "/moby.buildkit.v1.Control/Status"(call) {
      await call.receive(StatusRequestSchema);
      call.end();
    },
    async [CONTROL_SOLVE](call) {
      solves.push(await call.receive(SolveRequestSchema));
      await isReturned;
      const error = returned[0]?.error;
      if (error) return call.end({ status: error.code, message: error.message });
      call.send(SolveResponseSchema, { exporterResponse: { exported: "yes" } });
      call.end();
    },
    async [BRIDGE_PING](call) {
      await call.receive(PingRequestSchema);
      call.send(PongResponseSchema, { frontendApiCaps: toCaps(CAPABILITIES) });
      call.end();
    },
    async [BRIDGE_SOLVE](call) {
      requests.push(await call.receive(FrontendRequestSchema));
      call.send(FrontendResponseSchema, { result });
      call.end();
    },
    async [BRIDGE_READ_FILE](call) {
      const { range } = await call.receive(ReadFileRequestSchema);
      const offset = Number(range?.offset);
      call.send(ReadFileResponseSchema, { data: file.subarray(offset, offset + Number(range?.length)) });
      call.end();
    },
    async [BRIDGE_RETURN](call) {
      returned.push(await call.receive(ReturnRequestSchema));
      call.send(ReturnResponseSchema, {});
      call.end();
      onReturn();
    },
    ...options.handlers,
  };
  const fake = await startFakeDaemon({ handlers });
  return { fake, solves, requests, returned, [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose]() };
}

export function toCaps(ids: readonly string[]): { readonly id: string; readonly enabled: boolean }[] {
  return ids.map((id) => ({ id, enabled: true }));
}
