// SPDX-License-Identifier: Apache-2.0
import { createWireReader, encodeString } from "./wire.js";

// The SSH agent protocol (draft-ietf-sshm-ssh-agent): one request, one answer, each with its length in front.

/** Types of messages: their first byte. */
export const AGENT_MESSAGE = {
  failure: 5,
  requestIdentities: 11,
  identitiesAnswer: 12,
  signRequest: 13,
  signResponse: 14,
} as const;

/** Limit of one message, in bytes: what OpenSSH's agent takes. */
const MAX_MESSAGE_BYTES = 256 * 1024;
const LENGTH_BYTES = 4;

/** Refuses a request without giving a reason: the protocol has none. */
export const AGENT_FAILURE: Buffer = Buffer.from([AGENT_MESSAGE.failure]);

export interface SignRequest {
  /** The public key, in SSH's encoding. */
  readonly publicKey: Buffer;
  readonly data: Buffer;
  /** 2 and 4 ask an RSA key for SHA-256 and SHA-512. */
  readonly flags: number;
}

/** Whether a request only lists keys or asks for a signature, and is well-formed. */
export function isReadOnlyRequest(request: Buffer): boolean {
  if (request[0] === AGENT_MESSAGE.requestIdentities) return request.length === 1;
  return parseSignRequest(request) !== undefined;
}

/** Undefined for any other or malformed request. */
export function parseSignRequest(request: Buffer): SignRequest | undefined {
  try {
    const reader = createWireReader(request);
    if (reader.byte() !== AGENT_MESSAGE.signRequest) return undefined;
    const parsed = { publicKey: reader.string(), data: reader.string(), flags: reader.uint32() };
    return reader.rest.length === 0 ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** A message with its length in front. */
export function frameAgentMessage(message: Uint8Array): Buffer {
  return encodeString(message);
}

/**
 * Cuts bytes into messages. Ends when the bytes end, in whatever place.
 *
 * @throws {RangeError} for an empty message, or one of more than 256 KiB, before it is buffered.
 */
export async function* readAgentMessages(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let gathered: Buffer[] = [];
  let length = 0;
  let wanted = LENGTH_BYTES;
  for await (const chunk of bytes) {
    gathered.push(chunk);
    length += chunk.length;
    while (length >= wanted) {
      const [first] = gathered;
      const joined = first && gathered.length === 1 ? first : Buffer.concat(gathered);
      const size = joined.readUInt32BE();
      if (size === 0 || size > MAX_MESSAGE_BYTES)
        throw new RangeError(`An agent message of ${size} bytes is not allowed`);
      wanted = LENGTH_BYTES + size;
      gathered = [joined];
      if (length < wanted) break;
      yield joined.subarray(LENGTH_BYTES, wanted);
      gathered = [joined.subarray(wanted)];
      length -= wanted;
      wanted = LENGTH_BYTES;
    }
  }
}
