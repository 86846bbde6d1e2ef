// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import type { Attachable } from "./attachable.js";
import { SessionError } from "./errors.js";
import { createHealth } from "./health.js";
import { SESSION_HEADERS } from "./metadata.js";
import { type SessionConnection, serveConnection } from "./session-server.js";

export interface SessionOptions {
  /** What the daemon may call. Health is always there. */
  readonly attachables: readonly Attachable[];
  /**
   * Tells sources of different machines and directories apart, so that the daemon finds the files that it
   * got in an earlier session. Empty: the daemon goes by the source's name alone.
   */
  readonly sharedKey?: string | undefined;
  /** Called once, with the first error of a served call that the daemon did not cancel. Must not throw. */
  readonly onFailure?: ((error: Error) => void) | undefined;
}

/** What a daemon calls back: an id, the methods that it announces, and a server for them. */
export interface Session extends AsyncDisposable {
  /** 128 random bits in hexadecimal. Goes into the SolveRequest. */
  readonly id: string;
  /** Headers that announce the session, for the upgrade of `/session` or the Control.Session call. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /**
   * Serves the announced methods on a connection, which the session owns from here. A session has one.
   * `endpoint` names the daemon in errors.
   * @throws {SessionError} `BK_SESSION_CLOSED` after `close()`.
   */
  serve(connection: Duplex, options: { readonly endpoint: string }): SessionConnection;
  /** Ends the connection and the calls on it. Idempotent. */
  close(): Promise<void>;
}

export function createSession(options: SessionOptions): Session {
  const id = randomBytes(16).toString("hex");
  const attachables = [createHealth(), ...options.attachables];
  let served: SessionConnection | undefined;
  let closed = false;

  async function close(): Promise<void> {
    closed = true;
    await served?.close();
  }

  return {
    id,
    headers: announce(id, attachables, options.sharedKey ?? ""),
    serve(connection, { endpoint }) {
      if (closed || served) {
        connection.destroy();
        throw new SessionError(
          "BK_SESSION_CLOSED",
          closed ? "The session is closed" : "The session is already served",
        );
      }
      served = serveConnection(connection, { attachables, endpoint, onFailure: options.onFailure });
      return served;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function announce(
  id: string,
  attachables: readonly Attachable[],
  sharedKey: string,
): Readonly<Record<string, readonly string[]>> {
  return {
    [SESSION_HEADERS.id]: [id],
    [SESSION_HEADERS.name]: [""],
    [SESSION_HEADERS.sharedKey]: [sharedKey],
    [SESSION_HEADERS.method]: attachables.flatMap((attachable) => attachable.methods),
  };
}
