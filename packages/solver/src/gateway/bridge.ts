// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import type { LLBBridge } from "@bk/proto/gateway";
import { findTransportError, grpcCode, raceAbort } from "@bk/transport";
import type { CallOptions, Client } from "@connectrpc/connect";
import { connectTransport } from "../daemon/daemon.js";
import { SolverError } from "../errors.js";
import { formatRemoteStatus, readRemoteStatus } from "../failure/remote-status.js";
import { createSolveError } from "../failure/solve-error.js";
import type { OpenSolve } from "../run-solve.js";
import { toPlainLine } from "../terminal-line.js";

// Must match the daemon: client/build.go and control/gateway of moby/buildkit.

type BridgeClient = Client<typeof LLBBridge>;
type BridgeCall<T> = (client: BridgeClient, options: CallOptions) => Promise<T>;

/** The daemon's end of a frontend that runs here: LLBBridge, of one build. */
export interface Bridge {
  /** What the daemon can do, by BuildKit's names. */
  readonly capabilities: ReadonlySet<string>;
  /** Makes one call. `what` completes "The daemon refused to ..."; without it, an error is the build's failure. */
  call<T>(make: BridgeCall<T>, what?: string): Promise<T>;
}

/** Says which build a call belongs to. */
const BUILD_ID_HEADER = "buildkit-controlapi-buildid";
/** All BuildKits since 0.9 have these. */
const REQUIRED = ["solve.base", "readfile", "return", "proto.refarray"] as const;
const PING_TIMEOUT_MS = 15_000;
const PING_PAUSE_MS = 50;

/**
 * Waits until the daemon knows the build, and asks what it can do.
 *
 * @throws {SolverError} `BK_UNSUPPORTED`; `BK_REQUEST_REFUSED`; {TransportError}; the build's reason when it ends.
 */
export async function openBridge(open: OpenSolve): Promise<Bridge> {
  const { daemon, ref, signal } = open;
  const [{ createClient }, { LLBBridge }, transport] = await Promise.all([
    import("@connectrpc/connect"),
    import("@bk/proto/gateway"),
    connectTransport(daemon.channel),
  ]);
  const client = createClient(LLBBridge, transport);
  const options = { headers: { [BUILD_ID_HEADER]: ref }, signal };

  async function call<T>(make: BridgeCall<T>, what?: string): Promise<T> {
    try {
      signal.throwIfAborted();
      return await raceAbort(make(client, options), signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw await explainCall(error, what, open);
    }
  }

  const { frontendApiCaps } = await call(
    () => pingUntilKnown(client, options),
    "run a frontend of the client",
  );
  const enabled = frontendApiCaps.filter(({ enabled }) => enabled);
  const capabilities = new Set(enabled.map(({ id }) => id));
  const missing = REQUIRED.filter((name) => !capabilities.has(name));
  if (missing.length > 0) {
    const message = `The daemon at ${daemon.endpoint} is too old to run a frontend of the client: it lacks ${missing.join(", ")}`;
    throw new SolverError("BK_UNSUPPORTED", message);
  }
  return { capabilities, call };
}

/** Solve is under way, but the daemon waits only 3 s for it to come. */
async function pingUntilKnown(client: BridgeClient, options: CallOptions & { readonly signal: AbortSignal }) {
  const giveUpAt = performance.now() + PING_TIMEOUT_MS;
  for (;;) {
    try {
      return await client.ping({}, { ...options, timeoutMs: PING_TIMEOUT_MS });
    } catch (error) {
      const remote = await readRemoteStatus(error);
      if (remote?.code !== grpcCode.notFound || performance.now() > giveUpAt) throw error;
      await delay(PING_PAUSE_MS, undefined, { signal: options.signal });
    }
  }
}

/** A step that failed is the build's failure; anything else is a call that was refused. */
async function explainCall(
  error: unknown,
  what: string | undefined,
  { daemon: { endpoint }, failures }: OpenSolve,
): Promise<unknown> {
  const lost = findTransportError(error);
  if (lost) return lost;
  const remote = await readRemoteStatus(error);
  if (!remote) return error;
  const ofStep = remote.details.some(({ kind }) => kind === "vertex");
  if (what === undefined || ofStep)
    return createSolveError({ endpoint, remote, context: failures, cause: error });
  const reason = toPlainLine(formatRemoteStatus(remote));
  const message = `The daemon at ${endpoint} refused to ${what}: ${reason}`;
  return new SolverError("BK_REQUEST_REFUSED", message, { cause: error });
}
