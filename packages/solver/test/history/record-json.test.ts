// SPDX-License-Identifier: Apache-2.0
import { BuildHistoryRecordSchema } from "@bk/proto/control";
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { toRecordJson } from "../../src/history/record-json.js";

test("writes a record in the names of Go, without empty values and without what caches are opened with", () => {
  const imports = [{ Type: "s3", Attrs: { ref: "r", secret_access_key: "hidden" } }];
  const record = create(BuildHistoryRecordSchema, {
    ref: "r1",
    frontendAttrs: { "cache-imports": JSON.stringify(imports) },
    createdAt: { seconds: 5n, nanos: 7 },
    logs: { mediaType: "log", digest: "sha256:1", size: 12n },
    numTotalSteps: 3,
  });

  expect(toRecordJson(record)).toEqual({
    Ref: "r1",
    FrontendAttrs: { "cache-imports": '[{"Type":"s3","Attrs":{"ref":"r"}}]' },
    CreatedAt: { seconds: 5, nanos: 7 },
    logs: { media_type: "log", digest: "sha256:1", size: 12 },
    numTotalSteps: 3,
  });
});
