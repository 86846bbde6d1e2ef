// SPDX-License-Identifier: Apache-2.0
import {
  InfoRequestSchema,
  InfoResponseSchema,
  ListWorkersRequestSchema,
  ListWorkersResponseSchema,
  SolveRequestSchema,
  SolveResponseSchema,
  StatusRequestSchema,
  StatusResponseSchema,
} from "@bk/proto/control";
import {
  InfoRequest,
  InfoResponse,
  ListWorkersRequest,
  ListWorkersResponse,
  SolveRequest,
  SolveResponse,
  StatusRequest,
  StatusResponse,
} from "@bk/proto/control-codec";
import { create, equals, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { randomMessage, seeded } from "./random-message.js";

interface Codec {
  decode(bytes: Uint8Array): object;
  encode(message: never): { finish(): Uint8Array };
}

describe.each([
  [InfoRequestSchema, InfoRequest as Codec],
  [InfoResponseSchema, InfoResponse as Codec],
  [ListWorkersRequestSchema, ListWorkersRequest as Codec],
  [ListWorkersResponseSchema, ListWorkersResponse as Codec],
  [SolveRequestSchema, SolveRequest as Codec],
  [SolveResponseSchema, SolveResponse as Codec],
  [StatusRequestSchema, StatusRequest as Codec],
  [StatusResponseSchema, StatusResponse as Codec],
])("the codec of %s", (schema, codec) => {
  test("loses nothing of what protobuf's runtime writes", () => {
    const random = seeded(schema.typeName.length);
    for (let run = 0; run < 200; run++) {
      const message = randomMessage(schema, random);
      const decoded = codec.decode(toBinary(schema, message));
      const read = fromBinary(schema, codec.encode(decoded as never).finish());
      expect(equals(schema, read, message)).toBe(true);
    }
  });
});

test("what is left out of a request is empty", () => {
  const request = SolveRequest.fromPartial({ ref: "r", cache: { imports: [{ type: "local" }] } });
  expect(SolveRequest.encode(request).finish()).toEqual(
    toBinary(
      SolveRequestSchema,
      create(SolveRequestSchema, { ref: "r", cache: { imports: [{ type: "local" }] } }),
    ),
  );
});

test("an answer may have fields that are not known here", () => {
  const unknown = Buffer.from([0xfa, 0x7f, 2, 1, 2]); // field 2047, two bytes
  const known = toBinary(SolveResponseSchema, create(SolveResponseSchema, { exporterResponse: { a: "b" } }));
  expect(SolveResponse.decode(Buffer.concat([unknown, known]))).toEqual({ exporterResponse: { a: "b" } });
});

test("an answer nested without end is refused", () => {
  let definition: Uint8Array = Buffer.alloc(0);
  for (let depth = 0; depth < 200; depth++) {
    const info = nest(3, definition);
    definition = nest(3, nest(2, info)); // Definition.source.infos[].definition
  }
  const warning = nest(6, nest(3, definition)); // VertexWarning.info.definition
  expect(() => StatusResponse.decode(nest(4, warning))).toThrow(/recursion/);
});

function nest(field: number, bytes: Uint8Array): Uint8Array {
  const length = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), bytes]);
}
