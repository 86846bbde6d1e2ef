// SPDX-License-Identifier: Apache-2.0
import type { ListenOptions } from "node:net";

/** Where the relay listens: `unix:<path>`, `tcp:<host>:<port>` or `tls:<host>:<port>`; port 0 picks a free one. */
export interface ListenAddress {
  readonly kind: "unix" | "tcp" | "tls";
  readonly options: ListenOptions;
}

/** @throws Error naming the text */
export function parseListenAddress(text: string): ListenAddress {
  const [, kind, rest] = /^(unix|tcp|tls):(.+)$/.exec(text) ?? [];
  if (kind === "unix" && rest !== undefined) return { kind, options: { path: rest } };
  const [, host, port] = /^(.+):(\d+)$/.exec(rest ?? "") ?? [];
  if ((kind === "tcp" || kind === "tls") && host !== undefined) {
    return { kind, options: { host, port: Number(port) } };
  }
  throw new Error(`"${text}" is not unix:PATH, tcp:HOST:PORT or tls:HOST:PORT`);
}
