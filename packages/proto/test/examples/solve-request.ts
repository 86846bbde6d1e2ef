// SPDX-License-Identifier: Apache-2.0

import { type SolveRequest, SolveRequestSchema } from "@bk/proto/control";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";

const request = create(SolveRequestSchema, {
  ref: "example-1",
  frontend: "dockerfile.v0",
  frontendAttrs: { target: "release", "build-arg:VERSION": "1.2.3" },
  exporters: [{ type: "image", attrs: { name: "registry.example/app:1.2.3", push: "true" } }],
});

export const bytes: Uint8Array = toBinary(SolveRequestSchema, request);
export const decoded: SolveRequest = fromBinary(SolveRequestSchema, bytes);
