// SPDX-License-Identifier: Apache-2.0
import { BuildHistoryRecordSchema } from "@bk/proto/control";
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { toBuildRecord } from "../../src/history/build-record.js";

test("leaves out what the caches of a build are opened with", () => {
  const imports = [{ Type: "gha", Attrs: { scope: "main", token: "hidden" } }];
  const frontendAttrs = { target: "app", "cache-imports": JSON.stringify(imports) };

  const record = toBuildRecord(create(BuildHistoryRecordSchema, { ref: "r1", frontendAttrs }));

  expect(record.frontendAttrs).toEqual({
    target: "app",
    "cache-imports": '[{"Type":"gha","Attrs":{"scope":"main"}}]',
  });
});
