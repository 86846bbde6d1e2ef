// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from "node:stream";
import type { Control } from "@bk/proto/control";
import { openSessionTunnel, type Session } from "@bk/session";
import { type AbortOptions, type Channel, createChannel, type Dialer } from "@bk/transport";
import type { Client, Transport } from "@connectrpc/connect";

/** Opens the connection that a session is served on, announcing it with `session.headers`. */
export type SessionOpener = (session: Session, channel: Channel, options: AbortOptions) => Promise<Duplex>;

export interface DaemonOptions {
  /** Dials the connection of the control API. */
  readonly dialer: Dialer;
  /** How a session connects. Without it, through the control API's own tunnel. */
  readonly openSession?: SessionOpener | undefined;
}

/** A BuildKit daemon: one control connection, dialed at first use, and a way to open sessions. */
export interface Daemon extends AsyncDisposable {
  readonly endpoint: string;
  readonly channel: Channel;
  /** Opens the connection of a session. */
  openSession(session: Session, options?: AbortOptions): Promise<Duplex>;
  /** The control API. Connect is loaded at the first call: a command line feels its 80 ms. */
  control(): Promise<Client<typeof Control>>;
  /** The same daemon on a connection of its own, for when this one may be dead. The caller closes it. */
  fork(): Daemon;
  close(): Promise<void>;
}

export function createDaemon(options: DaemonOptions): Daemon {
  const channel = createChannel(options.dialer);
  const openSession = options.openSession ?? openTunnel;
  let control: Promise<Client<typeof Control>> | undefined;
  const close = () => channel.close();
  return {
    get endpoint() {
      return options.dialer.endpoint;
    },
    channel,
    openSession: (session, { signal } = {}) => openSession(session, channel, { signal }),
    control() {
      control ??= connectControl(channel);
      return control;
    },
    fork: () => createDaemon(options),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function openTunnel(session: Session, channel: Channel, options: AbortOptions): Promise<Duplex> {
  return openSessionTunnel(channel, session, options);
}

async function connectControl(channel: Channel): Promise<Client<typeof Control>> {
  const [{ createClient }, { Control }, transport] = await Promise.all([
    import("@connectrpc/connect"),
    import("@bk/proto/control"),
    connectTransport(channel),
  ]);
  return createClient(Control, transport);
}

/** A Connect transport on the daemon's channel, for services beside the control API. */
export async function connectTransport(channel: Channel): Promise<Transport> {
  const { createConnectTransport } = await import("@bk/transport/connect");
  return createConnectTransport(channel);
}

/** Connect's options of a call. It does not take a signal that is there and undefined. */
export function callOptions({ signal }: AbortOptions): { readonly signal?: AbortSignal } {
  return signal ? { signal } : {};
}
