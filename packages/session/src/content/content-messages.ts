// SPDX-License-Identifier: Apache-2.0
import { createFrameWriter, grpcCode, maxMessageBytes } from "@bk/transport";
import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { StreamCall } from "../attachable.js";
import { CallRefusal } from "../call-refusal.js";
import { SessionError } from "../errors.js";
import { iterateMessages } from "../message-stream.js";
import { type Digest, parseDigest } from "./digest.js";

/** The request of a call that has one. */
export async function readRequest<D extends DescMessage>(
  { stream }: StreamCall,
  schema: D,
): Promise<MessageShape<D>> {
  for await (const message of iterateMessages(stream, { maxBytes: maxMessageBytes })) {
    return decodeRequest(schema, message);
  }
  throw new SessionError("BK_PROTOCOL", "The daemon ended a call before it said what it wants");
}

/** Sends the answer of a call that has one. */
export function sendResponse<D extends DescMessage>(
  { stream }: StreamCall,
  schema: D,
  response: MessageInitShape<D>,
): void {
  const writer = createFrameWriter(stream);
  writer.write(toBinary(schema, create(schema, response)));
  writer.flush();
}

export function decodeRequest<D extends DescMessage>(schema: D, message: Uint8Array): MessageShape<D> {
  try {
    return fromBinary(schema, message);
  } catch (cause) {
    throw new SessionError("BK_PROTOCOL", `The daemon sent a malformed ${schema.name}`, { cause });
  }
}

export function checkDigest(text: string): Digest {
  const digest = parseDigest(text);
  if (digest) return digest;
  throw new CallRefusal(grpcCode.invalidArgument, `${JSON.stringify(text)} is no sha256 or sha512 digest`);
}
