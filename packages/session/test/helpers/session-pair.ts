// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { listen, openSessionPeer, type SessionPeer } from "@bk/testing";
import { type Attachable, createSession, type Session, type SessionConnection } from "../../src/index.js";
import { deferred } from "./deferred.js";

export interface SessionPair extends AsyncDisposable {
  readonly session: Session;
  readonly connection: SessionConnection;
  /** The daemon's side. */
  readonly peer: SessionPeer;
  /** The bytes under the session's side. */
  readonly socket: Duplex;
  /** What the session reported as its failure. */
  readonly failures: readonly Error[];
  /** Resolves with the first of them. */
  readonly failed: Promise<Error>;
}

/** A session that serves `attachables`, with a daemon at the other end of a socket. */
export async function openSessionPair(...attachables: readonly Attachable[]): Promise<SessionPair> {
  const failures: Error[] = [];
  const failed = deferred<Error>();
  const session = createSession({
    attachables,
    onFailure(error) {
      failures.push(error);
      failed.resolve(error);
    },
  });
  const accepted = deferred<Socket>();
  const listener = await listen("unix", accepted.resolve);
  const ours = connect(listener.address.slice("unix://".length));
  await once(ours, "connect");
  const theirs = await accepted.promise;
  const connection = session.serve(ours, { endpoint: "the test" });
  const peer = openSessionPeer(theirs);
  return {
    session,
    connection,
    peer,
    socket: ours,
    failures,
    failed: failed.promise,
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await session.close();
      await listener[Symbol.asyncDispose]();
    },
  };
}
