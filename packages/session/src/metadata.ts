// SPDX-License-Identifier: Apache-2.0
import type { ByteString } from "./filesync/byte-string.js";

/** gRPC metadata: values per lower-case key, in the order sent. Values are bytes, one to a character. */
export type Metadata = ReadonlyMap<string, readonly ByteString[]>;

/** Headers that announce a session to the daemon, one value per method in the last. */
export const SESSION_HEADERS = {
  id: "x-docker-expose-session-uuid",
  name: "x-docker-expose-session-name",
  sharedKey: "x-docker-expose-session-sharedkey",
  method: "x-docker-expose-session-grpc-method",
} as const;

/**
 * Reads metadata from raw header pairs (`[name, value, name, value, ...]`). The joined form that Node offers
 * cannot be used: patterns may contain `, `. Values of a key with `<key>-encoded: 1` beside it are decoded.
 *
 * One with a malformed escape is empty, as the daemon's own client has it.
 */
export function readMetadata(rawHeaders: readonly string[]): Metadata {
  const raw = new Map<string, string[]>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const key = (rawHeaders[i] ?? "").toLowerCase();
    const values = raw.get(key);
    if (values) values.push(rawHeaders[i + 1] ?? "");
    else raw.set(key, [rawHeaders[i + 1] ?? ""]);
  }
  const metadata = new Map<string, readonly string[]>();
  for (const [key, values] of raw) {
    const encoded = isTrue(raw.get(`${key}-encoded`)?.[0]);
    metadata.set(key, encoded ? values.map(unescapeQuery) : values);
  }
  return metadata;
}

// Must match the daemon: strconv.ParseBool in session/filesync decodeOpts.
function isTrue(value: string | undefined): boolean {
  return value !== undefined && ["1", "t", "T", "true", "TRUE", "True"].includes(value);
}

/** Query-unescapes into bytes: what is escaped need not be UTF-8. */
function unescapeQuery(value: string): ByteString {
  if (/%(?![0-9a-fA-F]{2})/.test(value)) return "";
  return value
    .replaceAll("+", " ")
    .replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
