// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import type { ReturnRequestSchema } from "@bk/proto/gateway";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { BuildResult } from "../build-result.js";
import type { Daemon } from "../daemon/daemon.js";
import { SolverError } from "../errors.js";
import type { DetailPayload } from "../failure/error-details.js";
import { readRemoteStatus } from "../failure/remote-status.js";
import { type OpenSolve, runSolve } from "../run-solve.js";
import type { SolveCallOptions } from "../solve-call-options.js";
import { openBridge } from "./bridge.js";
import { createGateway, type Gateway } from "./gateway.js";
import { type GatewayResult, toResultMessage } from "./gateway-result.js";

export interface GatewayOptions extends SolveCallOptions {
  /** Nothing is made of the result: no export runs, and the daemon's history leaves the build out. Default false. */
  readonly internal?: boolean | undefined;
}

/** Decides what a build does. What it returns is exported; what it throws fails the build. */
export type GatewayCallback = (gateway: Gateway) => Promise<GatewayResult>;

const INTERNAL = { internal: true, exporters: [], exporterDeprecated: "", exporterAttrsDeprecated: {} };
/** How long the daemon may take to end a build whose frontend has failed, as the Go client waits. */
const FAILURE_GRACE_MS = 5_000;
const UNKNOWN = 2;
const MAX_MESSAGE_CHARS = 4_096;
const MAX_DETAIL_BYTES = 16 << 10;
/** Where the daemon's types of error details live. */
const DETAIL_PREFIX = "github.com/moby/buildkit/";

/**
 * Builds through a callback on this side, as the daemon would through a frontend of its own: with the same session,
 * status and errors as `solve`, whose options it takes.
 *
 * @throws as `solve`; {SolverError} `BK_UNSUPPORTED`; what the callback throws, after the daemon was told its message.
 */
export function runGateway(
  daemon: Daemon,
  options: GatewayOptions,
  callback: GatewayCallback,
): Promise<BuildResult> {
  return runSolve(daemon, options, {
    // Without a frontend, and without a graph, the daemon waits for one through the gateway.
    prepare: (request) => ({
      ...request,
      frontend: "",
      ...(options.internal === true ? INTERNAL : { internal: false }),
    }),
    run: (open) => runCallback(open, callback),
  });
}

async function runCallback(open: OpenSolve, callback: GatewayCallback): Promise<void> {
  const bridge = await openBridge(open);
  const giveBack = (request: MessageInitShape<typeof ReturnRequestSchema>) =>
    bridge.call((client, options) => client.return(request, options), "take the result");
  let result: GatewayResult;
  try {
    const { frontend, frontendAttrs } = open.request;
    result = await callback(createGateway(bridge, { frontend, frontendAttrs }, open.signal));
  } catch (error) {
    const cause = buildFailure(error) ?? error;
    open.blame(cause);
    await giveBack({ error: await toStatus(cause) }).catch(() => {}); // the callback's error says more
    await delay(FAILURE_GRACE_MS, undefined, { signal: open.signal }).catch(() => {});
    throw cause;
  }
  await giveBack({ result: toResultMessage(result) });
}

/** What the daemon said of a failed step. It is explained anew at the end, when all of the status has come. */
function buildFailure(error: unknown): unknown {
  return SolverError.is(error) && error.failure !== undefined ? error.cause : undefined;
}

type StatusInit = NonNullable<MessageInitShape<typeof ReturnRequestSchema>["error"]>;

/**
 * An error for the daemon: only its message, and the details that came from the daemon. Those come back with the
 * answer of Solve, in trailers that must stay small enough for Node.
 */
async function toStatus(error: unknown): Promise<StatusInit> {
  const remote = await readRemoteStatus(error);
  const text = error instanceof Error ? error.message : String(error);
  const details = remote ? (error as { details: readonly DetailPayload[] }).details : [];
  const size = details.reduce((sum, { value }) => sum + value.length, 0);
  return {
    code: remote?.code ?? UNKNOWN,
    message: (remote?.message ?? text).slice(0, MAX_MESSAGE_CHARS),
    details:
      size > MAX_DETAIL_BYTES
        ? []
        : details.map(({ type, value }) => ({ typeUrl: `${DETAIL_PREFIX}${type}`, value })),
  };
}
