// SPDX-License-Identifier: Apache-2.0
import type { ClientHttp2Stream } from "node:http2";
import { type AbortOptions, abortError, listenAbort, raceAbort } from "./abort.js";
import { nameBrokenSession } from "./broken-session.js";
import { type Connection, openConnection } from "./connection.js";
import { deferReset } from "./deferred-reset.js";
import type { Dialer } from "./dialer.js";
import { TransportError } from "./errors.js";
import { grpcRequestHeaders, type RequestMetadata } from "./grpc/request.js";
import { watchLiveness } from "./liveness.js";

export interface OpenStreamOptions extends AbortOptions {
  /** Metadata; an array is sent as one header per value. */
  readonly headers?: RequestMetadata | undefined;
}

/**
 * One HTTP/2 client connection to a daemon: dialed at first use, shared by all callers, dialed anew by the next
 * call after it was lost or the daemon said GOAWAY. Nothing is retried.
 */
export interface Channel extends AsyncDisposable {
  readonly endpoint: string;
  /** How long the last connection took, from the dial until the peer was known to speak HTTP/2. Without one, nothing. */
  readonly connectMs: number | undefined;
  /** Makes sure there is a connection. @throws {TransportError} why there is none. */
  connect(options?: AbortOptions): Promise<void>;
  /**
   * Starts a gRPC call and leaves its body open. The stream belongs to the caller, who must listen for its
   * `error`: a lost connection arrives there as a TransportError, an abort as `signal.reason`.
   */
  openStream(path: string, options?: OpenStreamOptions): Promise<ClientHttp2Stream>;
  /** While held, a silent connection is found out and ended with `BK_CONNECTION_LOST`; see `watchLiveness`. */
  watchLiveness(): Disposable;
  /** Ends the present connection and the calls on it with this error; the next call dials again. */
  reset(reason: Error): void;
  /** Ends everything with `BK_CLOSED`. Resolves when no socket is left. Idempotent. */
  close(): Promise<void>;
}

type Phase =
  | { readonly kind: "idle" }
  | {
      readonly kind: "dialing";
      readonly controller: AbortController;
      readonly connection: Promise<Connection>;
    }
  | { readonly kind: "ready"; readonly connection: Connection }
  | { readonly kind: "closed" };

/** A NO_ERROR code of HTTP/2's own is not an error; CANCEL is how gRPC calls are given up. */
const http2Cancel = 8;

/** A channel over any dialer. No I/O until the first call. */
export function createChannel(dialer: Dialer): Channel {
  return new Http2Channel(dialer);
}

/**
 * Invariants: C1 only the connection of phase `ready` takes new streams. C2 every connection whose socket is
 * open is in `#connections`, also those that drain after GOAWAY. C3 a dial ends when its last waiter gave up.
 */
class Http2Channel implements Channel {
  readonly endpoint: string;
  readonly #dialer: Dialer;
  readonly #connections = new Map<Connection, Disposable | undefined>();
  #phase: Phase = { kind: "idle" };
  #waiters = 0;
  #liveHolders = 0;
  #connectMs: number | undefined;

  constructor(dialer: Dialer) {
    this.endpoint = dialer.endpoint;
    this.#dialer = dialer;
  }

  get connectMs(): number | undefined {
    return this.#connectMs;
  }

  async connect({ signal }: AbortOptions = {}): Promise<void> {
    await this.#ready(signal);
  }

  async openStream(path: string, { headers, signal }: OpenStreamOptions = {}): Promise<ClientHttp2Stream> {
    const { session } = await this.#ready(signal);
    const request = session.request(grpcRequestHeaders(path, headers), { endStream: false });
    const stream = nameBrokenSession(deferReset(request), this.endpoint);
    const stopListening = listenAbort(signal, (reason) => {
      stream.close(http2Cancel);
      stream.destroy(abortError(reason));
    });
    stream.once("close", stopListening);
    return stream;
  }

  watchLiveness(): Disposable {
    this.#liveHolders += 1;
    if (this.#liveHolders === 1) {
      for (const connection of this.#connections.keys()) this.#watch(connection);
    }
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#liveHolders -= 1;
        if (this.#liveHolders > 0) return;
        for (const connection of this.#connections.keys()) this.#unwatch(connection);
      },
    };
  }

  reset(reason: Error): void {
    const phase = this.#phase;
    if (phase.kind === "closed") return;
    this.#phase = { kind: "idle" };
    if (phase.kind === "dialing") phase.controller.abort(reason);
    for (const connection of this.#connections.keys()) connection.destroy(reason);
  }

  async close(): Promise<void> {
    this.reset(closedError(this.endpoint));
    this.#phase = { kind: "closed" };
    await Promise.all([...this.#connections.keys()].map(({ closed }) => closed));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #ready(signal: AbortSignal | undefined): Promise<Connection> {
    signal?.throwIfAborted();
    const phase = this.#phase;
    switch (phase.kind) {
      case "closed":
        throw closedError(this.endpoint);
      case "ready":
        if (phase.connection.usable()) return phase.connection;
        return this.#join(this.#dial(), signal);
      case "idle":
        return this.#join(this.#dial(), signal);
      case "dialing":
        return this.#join(phase, signal);
    }
  }

  /** Waits for a shared dial; the last one to give up ends it (C3). */
  async #join(dialing: Phase & { kind: "dialing" }, signal: AbortSignal | undefined): Promise<Connection> {
    this.#waiters += 1;
    try {
      return await raceAbort(dialing.connection, signal);
    } finally {
      this.#waiters -= 1;
      if (this.#waiters === 0 && signal?.aborted === true && this.#phase === dialing) {
        this.#phase = { kind: "idle" };
        dialing.controller.abort(signal.reason);
      }
    }
  }

  #dial(): Phase & { kind: "dialing" } {
    const startedAt = performance.now();
    const controller = new AbortController();
    const connection = openConnection(this.#dialer, { signal: controller.signal });
    const dialing = { kind: "dialing", controller, connection } as const;
    this.#phase = dialing;
    connection.then(
      (opened) => {
        this.#connectMs = performance.now() - startedAt;
        this.#adopt(opened);
        if (this.#phase === dialing) this.#phase = { kind: "ready", connection: opened };
        else opened.destroy(closedError(this.endpoint));
      },
      () => {
        if (this.#phase === dialing) this.#phase = { kind: "idle" };
      },
    );
    return dialing;
  }

  #adopt(connection: Connection): void {
    this.#connections.set(connection, undefined);
    if (this.#liveHolders > 0) this.#watch(connection);
    void connection.closed.then(() => {
      this.#unwatch(connection);
      this.#connections.delete(connection);
    });
  }

  #watch(connection: Connection): void {
    const { session, socket } = connection;
    this.#connections.set(connection, watchLiveness(session, socket, { endpoint: this.endpoint }));
  }

  #unwatch(connection: Connection): void {
    this.#connections.get(connection)?.[Symbol.dispose]();
    this.#connections.set(connection, undefined);
  }
}

function closedError(endpoint: string): TransportError {
  return new TransportError("BK_CLOSED", `The channel to ${endpoint} is closed`, { endpoint });
}
